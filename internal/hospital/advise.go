package hospital

import (
	"context"
	"sync"

	"houqin/internal/desk"
	"houqin/internal/desk/deskweb"
)

// learner learns from past jobs beside the work, when the counter of the desk wants it:
// every copy of the program for itself, since each holds what it learned.
type learner struct {
	counter *deskweb.Counter
	quit    context.CancelFunc
	ended   sync.WaitGroup
}

func (h *Hospital) learn() {
	ctx, quit := context.WithCancel(context.Background())
	h.learner.quit = quit
	a := &h.learner.counter.Advice
	h.learner.ended.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-a.Wanted:
			}
			e, err := desk.Learn(ctx, h.DB)
			if err != nil {
				if ctx.Err() == nil {
					h.cfg.Log.Error("learning from past jobs", "err", err)
				}
				continue
			}
			a.Known.Store(e)
		}
	})
}

func (l *learner) stop() {
	if l.quit != nil {
		l.quit()
		l.ended.Wait()
	}
}
