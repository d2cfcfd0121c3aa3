package desk

import (
	"context"
	"slices"
	"strings"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/files"
	"houqin/internal/messages"
)

// Merging says which job is kept: by its id, or as people write its number.
type Merging struct {
	Into   string `json:"into,omitempty"`
	Number string `json:"number,omitempty"`
}

// MergeForm asks which job is kept; the counter offers those that are open nearby.
var MergeForm = form.Of[Merging]{Name: "desk.merge", Fields: []form.Field[Merging]{
	{Key: "into", Into: func(m *Merging) any { return &m.Into }, Most: 60},
	{Key: "number", Into: func(m *Merging) any { return &m.Number }, Most: 30, Hint: true},
}}

// Merge says that a report is of what is being done already. Its files, comments, parts
// and their cost, its hastenings, and whoever reported it go over to the job that is
// kept; that one takes the graver urgency and the earlier deadline of the two. What was
// written about the double stays in its own story. Conflict: the other is no open job
// (desk.merge_closed), is the same (desk.merge_self), or a firm from outside was asked for
// (desk.merge_outside): then it is merged the other way round.
func Merge(ctx context.Context, tx *db.Tx, id string, version int64, m Merging) (Job, error) {
	into, err := m.find(ctx, tx)
	if err != nil {
		return Job{}, err
	}
	if into == id {
		return Job{}, fault.New(fault.Conflict, "desk.merge_self")
	}
	for _, x := range slices.Sorted(slices.Values([]string{id, into})) { // two who merge crosswise meet at the first
		if err := tx.Lock(ctx, "desk_job", x); err != nil {
			return Job{}, err
		}
	}
	kept, err := Get(ctx, tx, tx.By, into)
	if err != nil {
		return kept, err
	}
	if !kept.Active() {
		return kept, fault.New(fault.Conflict, "desk.merge_closed", kept.Number)
	}
	j, err := take(ctx, tx, id, version, "merge")
	if err != nil {
		return j, err
	}
	if o, ok, err := OutsideOf(ctx, tx, id); err != nil {
		return j, err
	} else if ok && slices.Contains([]string{string(approvals.Open), string(approvals.Agreed), Hired, Paid}, o.State) {
		return j, fault.New(fault.Conflict, "desk.merge_outside", o.Firm)
	}
	if err := goOn(ctx, tx, &j); err != nil { // a double waits for nothing
		return j, err
	}
	said, err := db.Story(ctx, tx, Noun, id)
	if err != nil {
		return j, err
	}
	slices.Reverse(said)
	for _, e := range said {
		if e.Action == "comment" {
			if err := tx.Trail(ctx, db.Event{Noun: Noun, Record: kept.ID, Action: "comment", Note: strings.TrimSpace(e.Note + "\n— " + e.By + " " + j.Number)}); err != nil {
				return j, err
			}
		}
	}
	if err := files.Hand(ctx, tx, Noun, j.ID, Noun, kept.ID); err != nil {
		return j, err
	}
	if err := follow(ctx, tx, &j, &kept); err != nil {
		return j, err
	}
	kept.Parts, kept.Minutes, kept.Labour, kept.Hastened = kept.Parts+j.Parts, kept.Minutes+j.Minutes, kept.Labour+j.Labour, kept.Hastened+j.Hastened+1
	kept.Reused, kept.Saved, kept.Cost = kept.Reused+j.Reused, kept.Saved+j.Saved, kept.Labour+kept.Parts
	graver := slices.Index(Urgencies, string(j.Urgency)) < slices.Index(Urgencies, string(kept.Urgency))
	if graver {
		kept.Urgency = j.Urgency
	}
	if !j.Due.IsZero() && j.Due < kept.Due {
		kept.Due = j.Due
	}
	j.Open, j.ClosedAt, j.Parts, j.Minutes, j.Labour, j.Cost, j.Reused, j.Saved = false, tx.At(), 0, 0, 0, 0, 0, 0
	if j.Worker != kept.Worker {
		if err := tell(ctx, tx, messages.Gone, &j, j.Worker); err != nil {
			return j, err
		}
	}
	j.Worker, j.WorkerName, j.MergedInto = "", "", kept.ID
	if err := keep(ctx, tx, &j, "merge", kept.Number+" "+kept.Title); err != nil {
		return j, err
	}
	if err := unmarkRepeated(ctx, tx, &j); err != nil {
		return j, err
	}
	if err := merged(ctx, tx, &j, &kept); err != nil {
		return j, err
	}
	if err := keep(ctx, tx, &kept, "absorb", j.Number+" "+j.Title+" · "+j.ReporterName); err != nil {
		return j, err
	}
	if graver {
		if err := callOut(ctx, tx, &kept); err != nil {
			return j, err
		}
	}
	return kept, tell(ctx, tx, messages.Joined, &kept, j.Reporter)
}

// find is the id of the job that is meant.
func (m *Merging) find(ctx context.Context, tx *db.Tx) (string, error) {
	if m.Into != "" {
		return m.Into, nil
	}
	number := strings.ToUpper(strings.TrimSpace(m.Number))
	if number == "" {
		return "", fault.OnField("into", "base.required")
	}
	kept, err := Jobs.Get(ctx, tx, Scope(tx.By).And("j.number = ?", number))
	if fault.KindOf(err) == fault.NotFound {
		return "", fault.OnField("number", "base.no_such", number)
	}
	return kept.ID, err
}

// follow has those who reported the double, or doubles merged into it before, told of the
// job that is kept.
func follow(ctx context.Context, tx *db.Tx, j, kept *Job) error {
	if _, err := tx.Exec(ctx, `INSERT INTO desk_follower (job, person, merged) SELECT $1, person, merged FROM desk_follower WHERE job = $2
		ON CONFLICT (job, person, merged) DO NOTHING`, kept.ID, j.ID); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO desk_follower (job, person, merged) VALUES ($1,$2,$3) ON CONFLICT (job, person, merged) DO NOTHING`, kept.ID, j.Reporter, j.ID)
	return err
}

// merged notes where a double went, for it and for those merged into it before, and the
// graver urgency and the hastenings of the job that is kept.
func merged(ctx context.Context, tx *db.Tx, j, kept *Job) error {
	if _, err := tx.Exec(ctx, `UPDATE desk_job SET merged_into = $1 WHERE id = $2 OR merged_into = $2`, kept.ID, j.ID); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE desk_job SET urgency = $1, hastened = $2, hastened_at = $3 WHERE id = $4`, kept.Urgency, kept.Hastened, max(j.HastenedAt, kept.HastenedAt), kept.ID)
	return err
}

// Followers are the people who reported what was merged into a job.
func Followers(ctx context.Context, r db.Reader, job string) ([]string, error) {
	return db.Texts(ctx, r, `SELECT DISTINCT person FROM desk_follower WHERE job = $1 AND person <> '' ORDER BY person`, job)
}

// Doubles are the jobs that were merged into one, the first reported first.
func Doubles(ctx context.Context, r db.Reader, job string) ([]Job, error) {
	return Jobs.All(ctx, r, list.Where{}.And("j.merged_into = ? AND j.merged_into <> ''", job), 50)
}

// Nearby are the jobs still to be done into which another might be merged: on its asset,
// in its place, or of its department, those of its trade first; at most eight.
func Nearby(ctx context.Context, r db.Reader, by db.Actor, j *Job) ([]Job, error) {
	near, err := Pending.All(ctx, r, Scope(by).And("j.open = true AND j.state <> 'done' AND j.id <> ?", j.ID).
		And("(j.asset = ? AND j.asset <> '') OR (j.place = ? AND j.place <> '') OR j.department = ?", j.Asset, j.Place, j.Department), 50)
	slices.SortStableFunc(near, func(a, b Job) int { return j.unlike(&a) - j.unlike(&b) })
	return near[:min(len(near), 8)], err
}

// unlike is how little two jobs have in common.
func (j *Job) unlike(o *Job) (n int) {
	if j.Asset == "" || j.Asset != o.Asset {
		n += 4
	}
	if j.Place == "" || j.Place != o.Place {
		n += 2
	}
	if j.Trade != o.Trade {
		n++
	}
	return n
}
