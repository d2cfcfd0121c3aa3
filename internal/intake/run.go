package intake

import (
	"context"
	"errors"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
)

// pieceRows is how many rows one unit of work enters.
const pieceRows = 100

// Options say how a file is imported.
type Options struct {
	Whole  bool // all rows or none, in one unit of work
	DryRun bool // everything is undone
	// From is how many entries were dealt with before, with Before their report: an
	// import that was broken off goes on there.
	From   int64
	Before Report
	// Progress is told how many entries a whole import has dealt with.
	Progress func(int64)
	// Each is told of every row, once it is settled, in the order of the work.
	Each func(Result) error
	// Piece, if set, is run in the unit of work that enters some rows, so that what it
	// keeps is true together with them.
	Piece func(*db.Tx, []Result, Report) error
}

// Run enters the rows of a file. Wrong rows are refused by name and keep nobody
// else out, unless Whole is asked for: then the first wrong row means that nothing
// is entered, and the fault is intake.whole_refused. Cancelling the context ends it
// between two pieces; what was entered stays.
func Run(ctx context.Context, d *db.DB, by db.Actor, p *Plan, o Options) (Report, error) {
	for _, may := range []string{MayImport, p.kind.may()} {
		if !by.May(may) {
			return Report{}, fault.New(fault.Forbidden, "base.need", may)
		}
	}
	r := &runner{d: d, by: by, p: p, o: o, report: o.Before, rules: map[string]*Rule{}, made: map[string]bool{}, refused: map[int]Result{}}
	var err error
	if o.Whole {
		err = r.whole(ctx)
	} else {
		err = r.pieces(ctx)
	}
	r.report.Rules = p.applied()
	for _, name := range r.met {
		r.report.Rules = append(r.report.Rules, *r.rules[name])
	}
	if !o.DryRun && r.report.Imported() >= analyzeFrom {
		err = errors.Join(err, d.Analyze(context.WithoutCancel(ctx)))
	}
	if got := r.report; got.Read != got.Imported()+got.Unchanged+got.Refused {
		err = errors.Join(err, errors.New("intake: a row was lost in the count"))
	}
	return r.report, err
}

// analyzeFrom is how many new rows make the planner's statistics worth renewing.
const analyzeFrom = 500

type runner struct {
	d       *db.DB
	by      db.Actor
	p       *Plan
	o       Options
	report  Report
	rules   map[string]*Rule
	refused map[int]Result  // of a dry run in pieces
	made    map[string]bool // what rules made, by rule and name
	met     []string        // names of rules, in the order in which they came up
}

var (
	errAgain = errors.New("again without the refused rows")
	errWhole = errors.New("a row was refused and the file is to be imported whole")
)

func (r *runner) pieces(ctx context.Context) error {
	size := pieceRows
	if r.o.DryRun && r.p.kind.nested() {
		size = nestedMost // those below must find those above, which stay only within the unit
	}
	for piece, err := range chunks(r.p.entries(ctx), size) {
		if err != nil {
			return err
		}
		for len(piece) > 0 && piece[0].seq < r.o.From {
			piece = piece[1:]
		}
		if len(piece) == 0 {
			continue
		}
		if err := r.piece(ctx, piece); err != nil {
			return err
		}
	}
	return nil
}

// piece enters some rows in one unit of work. A row that is refused half-way must
// leave nothing behind, so the unit is run again without it.
func (r *runner) piece(ctx context.Context, piece []*entry) error {
	refused := map[*entry]Result{}
	for _, e := range piece {
		if e.wrong != nil {
			refused[e] = *e.wrong
		}
	}
	var results []Result
	var w *Work
	unit := r.d.Do
	if r.o.DryRun {
		unit = r.d.Try
	}
	for {
		err := unit(ctx, r.by, func(tx *db.Tx) error {
			results, w = results[:0], newWork(tx, r.p)
			again := false
			for _, e := range piece {
				res, known := refused[e]
				if !known {
					var alive bool
					var err error
					if res, alive, err = r.enter(ctx, w, e); err != nil {
						return err
					}
					if res.Outcome == Refused {
						refused[e], again = res, true
					}
					if !alive {
						return errAgain
					}
				}
				if res.Outcome == Refused && r.forgets() {
					r.refused[res.Row] = res
				}
				results = append(results, res)
			}
			if again {
				return errAgain
			}
			if err := r.finish(ctx, w, piece, refused); err != nil {
				return err
			}
			if changes(results) && r.o.Piece != nil && !r.o.DryRun {
				return r.o.Piece(tx, results, r.after(results))
			}
			return nil
		})
		if errors.Is(err, errAgain) {
			continue
		}
		if err != nil {
			return err
		}
		break
	}
	if r.o.Piece != nil && (r.o.DryRun || !changes(results)) {
		if err := r.d.Do(ctx, db.System("intake"), func(tx *db.Tx) error { return r.o.Piece(tx, results, r.after(results)) }); err != nil {
			return err
		}
	}
	return r.settle(results, w)
}

// whole enters all rows in one unit of work, or none.
func (r *runner) whole(ctx context.Context) error {
	var report Report
	var wrong, results []Result
	var all []*entry // only of kinds that finish rows together
	var w *Work
	unit := r.d.Do
	if r.o.DryRun {
		unit = r.d.Try
	}
	err := unit(ctx, r.by, func(tx *db.Tx) error {
		report, wrong, results, all, w = Report{}, nil, nil, nil, newWork(tx, r.p)
		for e, err := range r.p.entries(ctx) {
			if err != nil {
				return err
			}
			res, alive := Result{}, true
			if e.wrong != nil {
				res = *e.wrong
			} else if res, alive, err = r.enter(ctx, w, e); err != nil {
				return err
			}
			report.count(res)
			if res.Outcome == Refused && !res.NoRecord {
				wrong = append(wrong, res)
			}
			if results = append(results, res); r.p.kind.together() {
				all = append(all, e)
			}
			if !alive {
				break
			}
			if e.seq%pieceRows == 0 && r.o.Progress != nil {
				r.o.Progress(e.seq)
			}
		}
		if len(wrong) > 0 {
			return errWhole
		}
		late := map[*entry]Result{}
		switch err := r.finish(ctx, w, all, late); {
		case errors.Is(err, errAgain):
			for i := range results {
				if res, ok := late[all[i]]; ok {
					results[i] = res
					wrong = append(wrong, res)
				}
			}
			return errWhole
		case err != nil:
			return err
		}
		if r.o.Piece != nil && !r.o.DryRun && changes(results) {
			return r.o.Piece(tx, results, report)
		}
		return nil
	})
	if err != nil && !errors.Is(err, errWhole) {
		return err
	}
	refused := errors.Is(err, errWhole)
	r.learn(w)
	r.report = Report{}
	for _, res := range results {
		if refused && (res.Outcome == New || res.Outcome == Changed) {
			res.Outcome, res.Key, res.Held = Refused, "intake.held_back", true
		}
		r.report.count(res)
		if r.o.Each != nil {
			if err := r.o.Each(res); err != nil {
				return err
			}
		}
	}
	if refused {
		return fault.New(fault.Conflict, "intake.whole_refused", len(wrong))
	}
	return nil
}

// Note enters an import by command line in the history, with its refused rows.
func Note(ctx context.Context, d *db.DB, by db.Actor, p *Plan, r Report, refused []Result, size int64) error {
	return d.Do(ctx, by, func(tx *db.Tx) error {
		m := Import{ID: tx.NewID(), Kind: p.Kind, Name: p.Name, Size: size, State: Done, Total: p.Total, Done: r.Read, New: r.New, Changed: r.Changed,
			Unchanged: r.Unchanged, Refused: r.Refused, NoRecord: r.NoRecord, By: by.ID, ByName: by.Name, At: tx.At(), EndedAt: tx.At()}
		if err := insertImport(ctx, tx, &m); err != nil {
			return err
		}
		if err := insertRows(ctx, tx, m.ID, refused); err != nil {
			return err
		}
		return tx.Trail(ctx, db.Event{Noun: "intake.import", Record: m.ID, Action: "note", Note: m.Name})
	})
}
