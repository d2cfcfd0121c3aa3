package desk

import (
	"bytes"
	"context"
	"encoding/base64"
	"image/png"
	"slices"
	"strconv"
	"strings"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/messages"
)

// Finish says that the work is done: what it was, what was done, how long it took
// and which parts it used. Parts leave the store in this same unit, at cost, for the
// department that reported; when the store is short nothing is finished and the
// complaint stands at the part's line. A job that came back adds to its minutes and
// its cost.
func Finish(ctx context.Context, tx *db.Tx, id string, version int64, w Work) (Job, error) {
	j, err := take(ctx, tx, id, version, "finish")
	if err != nil {
		return j, err
	}
	var bad fault.Complaints
	if w.Done = strings.TrimSpace(w.Done); w.Done == "" {
		bad.Add("done", "base.required")
	}
	if w.Minutes < 0 {
		bad.Add("minutes", "base.number")
	}
	FinishForm.Check(&w, &bad)
	if err := bad.Err(); err != nil {
		return j, err
	}
	kind, err := kindAt(ctx, tx, &j)
	if err != nil {
		return j, err
	}
	if err := kind.finished(ctx, tx, &j, &w); err != nil {
		return j, err
	}
	if len(w.Parts) > 0 {
		used, err := useParts(ctx, tx, &j, &w)
		if err != nil {
			return j, err
		}
		j.Parts += used
	}
	cost, minutes, err := labour(ctx, tx, &j, &w)
	if err != nil {
		return j, err
	}
	if !kind.Costs {
		cost = 0
	}
	j.Minutes, j.Labour = j.Minutes+minutes, j.Labour+cost
	j.Cause, j.Done, j.Cost = w.Cause, w.Done, j.Labour+j.Parts
	j.Reused, j.Saved = j.Reused+w.Reused, j.Saved+w.Saved
	j.FinishedAt = tx.At()
	if !j.Due.IsZero() && j.FinishedAt > j.Due { // between two rounds of the clock nobody noted it
		if _, err := missed(ctx, tx, &j, Finishing, j.Due, "long"); err != nil {
			return j, err
		}
	}
	if j.Sign == SignNobody {
		j.State, j.Open, j.ClosedAt = Closed, false, tx.At()
	}
	if err := keep(ctx, tx, &j, "finish", j.Done); err != nil {
		return j, err
	}
	if !j.Open {
		if err := drawLot(ctx, tx, &j); err != nil {
			return j, err
		}
	}
	return j, reply(ctx, tx, &j)
}

// reply tells of the end of a job: who reported it, that it waits for their word; who set the
// task, by sending the worker or deciding how it is done, what was done (O-031).
func reply(ctx context.Context, tx *db.Tx, j *Job) error {
	issuers := []string{j.Sender, j.Planner}
	to, err := Followers(ctx, tx, j.ID)
	if err != nil {
		return err
	}
	to = slices.DeleteFunc(append(to, j.Reporter), func(p string) bool { return slices.Contains(issuers, p) })
	if err := tell(ctx, tx, messages.Finished, j, to...); err != nil {
		return err
	}
	return messages.Tell(ctx, tx, messages.Word{Event: messages.Replied, To: issuers, Args: []string{j.Number, j.Title, j.Done}, Number: j.Number, Href: "/desk/jobs/" + j.ID})
}

// Rate is what an hour of work costs.
func Rate(ctx context.Context, r db.Reader) (money.Fen, error) {
	s, err := db.Setting(ctx, r, LabourRate)
	if err != nil || s == "" {
		return LabourShipped, err
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return money.Fen(n), err
}

// Sign is the department's word that the work is done (W-007); it closes the job.
// The worker cannot sign for themselves.
func Sign(ctx context.Context, tx *db.Tx, id string, version int64, s Signing) (Job, error) {
	j, err := take(ctx, tx, id, version, "sign")
	if err != nil {
		return j, err
	}
	drawn, err := signature(ctx, tx, s.Signature)
	if err != nil {
		return j, err
	}
	return j, sign(ctx, tx, &j, s, drawn, "sign", s.Opinion)
}

// SignHere is Sign on the phone of who did the work, by a person who has proved with their
// PIN that it is they: signer, with what they may today. The worker takes the step; whose word
// it is, is judged as if they had signed on their own phone.
func SignHere(ctx context.Context, tx *db.Tx, id string, version int64, signer db.Actor, s Signing) (Job, error) {
	j, err := take(ctx, tx, id, version, "sign_here")
	if err != nil {
		return j, err
	}
	j.State = Done
	if err := Life.Move(signer, &j, "sign"); err != nil {
		return j, err
	}
	if _, err := Get(ctx, tx, signer, id); err != nil {
		return j, err
	}
	s.Signature = signer.Name
	return j, sign(ctx, tx, &j, s, "", "sign_here", strings.TrimSpace(signer.Name+"\n"+s.Opinion))
}

// SignAll signs several jobs off with one signature and says how many. Those that
// somebody signed or sent back meanwhile are passed over; any other obstacle undoes all.
func SignAll(ctx context.Context, tx *db.Tx, ids []string, s Signing) (n int, err error) {
	if err := tx.Need(MaySign); err != nil {
		return 0, err
	}
	if len(ids) == 0 {
		return 0, fault.OnField("jobs", "desk.none_chosen")
	}
	drawn, err := signature(ctx, tx, s.Signature)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		j, err := take(ctx, tx, id, 0, "sign")
		if fault.Is(err, "base.step_not_possible") && (j.State == Closed || j.Returned > 0) {
			continue
		}
		if err != nil {
			return n, err
		}
		if err := sign(ctx, tx, &j, s, drawn, "sign", s.Opinion); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// sign closes a job with a signature; step and note are what the story says of it.
func sign(ctx context.Context, tx *db.Tx, j *Job, s Signing, drawn, step, note string) error {
	bad, err := s.check(ctx, tx)
	if err != nil {
		return err
	}
	j.Open, j.ClosedAt = false, tx.At()
	j.Signature, j.Signer, j.Rating, j.Opinion = drawn, tx.By.Name, s.Rating, s.Opinion
	if drawn == "" {
		j.Signer = s.Signature
	}
	if j.Urgency == Emergency {
		if err := approvals.Settle(ctx, tx, Noun, j.ID, "report", j.Number); err != nil {
			return err
		}
	}
	if err := keep(ctx, tx, j, step, note); err != nil {
		return err
	}
	if err := rated(ctx, tx, j, s, bad); err != nil {
		return err
	}
	return drawLot(ctx, tx, j)
}

// Return sends the worker back, with the reason; the job is theirs again.
func Return(ctx context.Context, tx *db.Tx, id string, version int64, why string) (Job, error) {
	j, err := take(ctx, tx, id, version, "return")
	if err != nil {
		return j, err
	}
	if err := fault.Given(why, "text"); err != nil {
		return j, err
	}
	j.Returned++
	j.FinishedAt, j.ArrivedAt, j.Paused, j.Reason = 0, 0, 0, why
	if err := keep(ctx, tx, &j, "return", why); err != nil {
		return j, err
	}
	return j, tell(ctx, tx, messages.Returned, &j, j.Worker)
}

// A drawn signature is small: 100 kB of PNG, at most 2000 points wide and high.
const (
	signatureMost  = 140_000 // letters of the data URL
	signatureSide  = 2000
	signatureStart = "data:image/png;base64,"
	nameMost       = 40
)

// signature checks what was signed with, and keeps a drawing; "" for a typed name.
func signature(ctx context.Context, tx *db.Tx, s string) (id string, err error) {
	s = strings.TrimSpace(s)
	code, drawn := strings.CutPrefix(s, signatureStart)
	switch {
	case s == "":
		return "", fault.OnField("signature", "base.required")
	case !drawn && strings.HasPrefix(s, "data:"):
		return "", fault.OnField("signature", "desk.bad_signature")
	case !drawn && len([]rune(s)) > nameMost:
		return "", fault.OnField("signature", "base.too_long", nameMost)
	case !drawn:
		return "", nil
	case len(s) > signatureMost:
		return "", fault.OnField("signature", "desk.bad_signature")
	}
	b, err := base64.StdEncoding.DecodeString(code)
	if err != nil {
		return "", fault.OnField("signature", "desk.bad_signature")
	}
	c, err := png.DecodeConfig(bytes.NewReader(b))
	if err != nil || c.Width > signatureSide || c.Height > signatureSide {
		return "", fault.OnField("signature", "desk.bad_signature")
	}
	id = tx.NewID()
	return id, insertSignature(ctx, tx, id, s)
}
