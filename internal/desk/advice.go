package desk

import (
	"context"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/suggest"
)

// Experience is what the desk learned from the hospital's own past jobs: which words
// were which trade, and how urgent. It holds no job; only the words the reader typed
// are ever shown for a guess.
type Experience struct {
	Jobs  int // it was learned from
	At    period.Instant
	trade *suggest.Model
	haste *suggest.Model
}

// learnedMost is how many jobs are learned from, the latest first: more teach little,
// and the model of ten thousand takes a few megabytes.
const learnedMost = 10_000

// Learn reads what was told lately and what it turned out to be; jobs that were called
// off teach nothing. It takes a second or two of one processor.
func Learn(ctx context.Context, r db.Reader) (*Experience, error) {
	jobs, err := db.All(ctx, r, func(j *Job) []any { return []any{&j.Title, &j.Detail, &j.Trade, &j.Urgency} },
		`SELECT title, detail, trade, urgency FROM desk_job WHERE state <> 'cancelled' ORDER BY reported_at DESC, id DESC LIMIT $1`, learnedMost)
	if err != nil {
		return nil, err
	}
	trades, haste := make([]suggest.Example, len(jobs)), make([]suggest.Example, len(jobs))
	for i, j := range jobs {
		text := j.Title + "\n" + j.Detail
		trades[i] = suggest.Example{Text: text, Answer: string(j.Trade)}
		haste[i] = suggest.Example{Text: text, Answer: string(j.Urgency)}
	}
	return &Experience{Jobs: len(jobs), At: period.At(r.Moment()), trade: suggest.Learn(trades), haste: suggest.Learn(haste)}, nil
}

// Advice is a guess at one answer of the slip.
type Advice struct {
	Field  string   `json:"field"` // trade or urgency
	Answer string   `json:"answer"`
	Sure   int64    `json:"sure"`  // per cent
	Words  []string `json:"words"` // that decided
}

// A guess is shown only when it is right more often than not, and one about haste only
// when it is not what everybody takes anyway.
const (
	sureTrade = 0.5
	sureHaste = 0.6
)

// Advise says what a text probably is, the trade first; nothing where the past says nothing.
func (e *Experience) Advise(text string) (all []Advice) {
	if e == nil {
		return nil
	}
	if g, ok := e.trade.Ask(text); ok && g.Sure >= sureTrade && slices.Contains(Trades, g.Answer) {
		all = append(all, Advice{"trade", g.Answer, int64(g.Sure * 100), g.Words})
	}
	if g, ok := e.haste.Ask(text); ok && g.Sure >= sureHaste && Urgency(g.Answer) != Normal && slices.Contains(Urgencies, g.Answer) {
		all = append(all, Advice{"urgency", g.Answer, int64(g.Sure * 100), g.Words})
	}
	return all
}

// advised notes what was suggested while this job was told.
func advised(ctx context.Context, tx *db.Tx, j *Job, s *Slip) error {
	if s.AdvisedTrade == "" && s.AdvisedUrgency == "" || !slices.Contains(append(Trades, ""), string(s.AdvisedTrade)) || !slices.Contains(append(Urgencies, ""), string(s.AdvisedUrgency)) {
		return nil
	}
	_, err := tx.Exec(ctx, `INSERT INTO desk_advice (job, at, trade, urgency, trade_kept, urgency_kept) VALUES ($1,$2,$3,$4,$5,$6)`,
		j.ID, tx.At(), s.AdvisedTrade, s.AdvisedUrgency, s.AdvisedTrade == j.Trade, s.AdvisedUrgency == j.Urgency)
	return err
}

// Kept counts suggestions and how many of them stood when the job was told.
type Kept struct {
	Trades      int64 `json:"trades"`
	TradesKept  int64 `json:"trades_kept"`
	Hastes      int64 `json:"hastes"`
	HastesKept  int64 `json:"hastes_kept"`
	AllKept     int64 `json:"kept"` // per cent of all; 0 where nothing was suggested
	Suggestions int64 `json:"suggestions"`
}

// KeptBetween is the share of suggestions kept, from one moment up to another.
func KeptBetween(ctx context.Context, r db.Reader, from, until period.Instant) (k Kept, err error) {
	err = r.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE trade <> ''), count(*) FILTER (WHERE trade <> '' AND trade_kept = true),
			count(*) FILTER (WHERE urgency <> ''), count(*) FILTER (WHERE urgency <> '' AND urgency_kept = true)
		FROM desk_advice WHERE at >= $1 AND at < $2`, from, until).Scan(&k.Trades, &k.TradesKept, &k.Hastes, &k.HastesKept)
	if k.Suggestions = k.Trades + k.Hastes; k.Suggestions > 0 {
		k.AllKept = (k.TradesKept + k.HastesKept) * 100 / k.Suggestions
	}
	return k, err
}

// Changed is a suggestion that was not kept: what it was about, and what was chosen.
type Changed struct {
	Job     string `json:"job"`
	Number  string `json:"number"`
	Title   string `json:"title"`
	Trade   Trade  `json:"trade"`
	Advised Trade  `json:"advised"`
}

// NotKept are the latest jobs told with another trade than was suggested.
func NotKept(ctx context.Context, r db.Reader, from, until period.Instant) ([]Changed, error) {
	return db.All(ctx, r, func(c *Changed) []any { return []any{&c.Job, &c.Number, &c.Title, &c.Trade, &c.Advised} },
		`SELECT j.id, j.number, j.title, j.trade, a.trade FROM desk_advice a LEFT JOIN desk_job j ON j.id = a.job
		WHERE a.at >= $1 AND a.at < $2 AND a.trade <> '' AND a.trade_kept = false ORDER BY a.at DESC, a.job DESC LIMIT 50`, from, until)
}
