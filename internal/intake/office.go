package intake

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/id"
	"houqin/internal/base/jobs"
	"houqin/internal/people"
)

// Office is where imports brought by page are worked on: looked through, and
// carried out, in the background of whichever copy of the program comes first.
type Office struct {
	d   *db.DB
	log *slog.Logger
	// Actor is a person as they act now; tests set it.
	Actor func(ctx context.Context, r db.Reader, person string, now time.Time) (db.Actor, error)

	name  string // of this copy
	on    context.Context
	halt  context.CancelFunc
	work  sync.WaitGroup
	mu    sync.Mutex
	busy  map[string]*int64 // imports under way here, with how far a whole one is
	Lease time.Duration     // how long a copy that says nothing is believed to be at work
}

// NewOffice opens an office on a database.
func NewOffice(d *db.DB, log *slog.Logger) *Office {
	o := &Office{d: d, log: log, Actor: people.ActorOf, name: id.Secret()[:12], busy: map[string]*int64{}, Lease: time.Minute}
	o.on, o.halt = context.WithCancel(context.Background())
	return o
}

// Wire has the office told of new work, and of work that another copy left behind.
func (o *Office) Wire(j *jobs.Runner) {
	jobs.Outside(j, func(_ context.Context, l Look) error {
		o.Take(l.Import)
		return nil
	})
	j.Every("intake.resume", 10*time.Second, func(ctx context.Context, tx *db.Tx) error {
		left, err := db.Texts(ctx, tx,
			`SELECT id FROM intake_import WHERE state IN ('checking', 'running') AND held_until < $1 ORDER BY id LIMIT 20`, tx.At())
		for _, one := range left {
			err = errors.Join(err, jobs.Later(ctx, tx, Look{one}))
		}
		return err
	})
	j.Every("intake.forget", 12*time.Hour, Forget)
}

// Stop breaks off what is under way between two pieces and waits for it; the next
// start, or another copy, goes on.
func (o *Office) Stop() {
	o.halt()
	o.work.Wait()
}

// Rest waits until nothing is under way here.
func (o *Office) Rest() { o.work.Wait() }

// Progress is how far a whole import is that this copy works on, which no table can
// show before it is committed.
func (o *Office) Progress(imported string) (done int64, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n, ok := o.busy[imported]
	if !ok {
		return 0, false
	}
	return atomic.LoadInt64(n), true
}

// Take works on an import in the background, unless somebody does.
func (o *Office) Take(imported string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.busy[imported] != nil || o.on.Err() != nil {
		return
	}
	done := new(int64)
	o.busy[imported] = done
	o.work.Go(func() {
		defer func() {
			o.mu.Lock()
			defer o.mu.Unlock()
			delete(o.busy, imported)
		}()
		o.tend(imported, done)
	})
}

// tend works on an import for as long as it says so, holding it against other copies.
func (o *Office) tend(imported string, done *int64) {
	held, err := o.hold(o.on, imported)
	if err != nil || !held {
		if err != nil && o.on.Err() == nil {
			o.log.Error("import", "id", imported, "err", err)
		}
		return
	}
	ctx, cancel := context.WithCancel(o.on)
	defer cancel()
	o.work.Go(func() { o.watch(ctx, cancel, imported) })
	err = o.carry(ctx, imported, done)
	cancel()
	if err == nil {
		return
	}
	// Whatever happened, say so; nothing is said of an import that is not ours any more.
	last, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer stop()
	if o.on.Err() != nil || fault.KindOf(err) == fault.Unavailable {
		err = o.d.Do(last, db.System("intake"), func(tx *db.Tx) error { return release(last, tx, imported, o.name) })
	} else if !errors.Is(err, errNotOurs) && !errors.Is(err, context.Canceled) {
		if fault.KindOf(err) == fault.Internal {
			o.log.Error("import", "id", imported, "err", err)
		}
		err = o.d.Do(last, db.System("intake"), func(tx *db.Tx) error { return failed(last, tx, imported, o.name, err) })
	} else {
		return
	}
	if err != nil {
		o.log.Error("import", "id", imported, "err", err)
	}
}

func (o *Office) hold(ctx context.Context, imported string) (held bool, err error) {
	err = o.d.Do(ctx, db.System("intake"), func(tx *db.Tx) error {
		held, err = claim(ctx, tx, imported, o.name, o.Lease)
		return err
	})
	return held, err
}

// watch keeps the import held and ends the work when its person cancels it.
func (o *Office) watch(ctx context.Context, cancel context.CancelFunc, imported string) {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		ours, err := stillOurs(ctx, o.d, imported, o.name)
		if err == nil && !ours {
			cancel()
			return
		}
		if n%int(max(o.Lease/(2*time.Second), 1)) == 0 { // four times in each lease
			if _, err := o.hold(ctx, imported); err != nil && ctx.Err() == nil {
				o.log.Warn("import", "id", imported, "err", err)
			}
		}
	}
}

// carry looks an import through, or enters its rows.
func (o *Office) carry(ctx context.Context, imported string, done *int64) error {
	m, err := Get(ctx, o.d, imported)
	if err != nil {
		return err
	}
	by, err := o.Actor(ctx, o.d, m.By, o.d.Now())
	if err != nil {
		return err
	}
	by.Source = "import " + m.Name
	file, err := spool(ctx, o.d, imported)
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	p, err := Read(ctx, o.d, m.Kind, m.Name, file, m.Size, m.Mapping())
	if err != nil {
		return err
	}
	if err := o.d.Do(ctx, db.System("intake"), func(tx *db.Tx) error { return found(ctx, tx, imported, o.name, p, m.State == Checking) }); err != nil {
		return err
	}
	job := Options{DryRun: m.State == Checking, Whole: m.State == Running && m.Whole,
		Progress: func(n int64) { atomic.StoreInt64(done, n) }}
	if m.State == Running && !m.Whole {
		job.From = m.Done
		job.Before = Report{Read: m.Done, New: m.New, Changed: m.Changed, Unchanged: m.Unchanged, Refused: m.Refused, NoRecord: m.NoRecord}
	}
	job.Piece = func(tx *db.Tx, results []Result, r Report) error {
		if err := insertRows(ctx, tx, imported, results); err != nil {
			return err
		}
		return counted(ctx, tx, imported, o.name, r)
	}
	var wrong []Result
	if job.Whole {
		job.Each = func(res Result) error {
			if res.Outcome == Refused && !res.Held && len(wrong) < wholeWrongMost {
				wrong = append(wrong, res)
			}
			return nil
		}
	}
	report, err := Run(ctx, o.d, by, p, job)
	state := Ready
	if m.State == Running {
		state = Done
	}
	if fault.Is(err, "intake.whole_refused") {
		state, err = Turned, nil
	}
	if err != nil {
		return err
	}
	return o.d.Do(ctx, by, func(tx *db.Tx) error {
		if state == Turned {
			if err := insertRows(ctx, tx, imported, wrong); err != nil {
				return err
			}
			if err := counted(ctx, tx, imported, o.name, report); err != nil {
				return err
			}
		}
		return finish(ctx, tx, &m, state, report)
	})
}

// wholeWrongMost is how many wrong rows of a file that was turned away are listed.
const wholeWrongMost = 10_000
