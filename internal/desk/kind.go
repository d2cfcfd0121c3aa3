package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/files"
	"houqin/internal/people"
)

// KindNoun is what the trail calls a kind of work.
const KindNoun = "desk.kind"

// Kind is a kind of work as the hospital arranges it: who may ask for it, what is asked
// besides, how long it may take and how it ends. Each trade has one that came with the
// program; those that a hospital makes itself stand under the trade that does them, whose
// crews, certificates and rules hold for them unless they have their own.
type Kind struct {
	ID           string   `json:"id"` // of a shipped one: its trade
	Trade        Trade    `json:"trade"`
	Name         string   `json:"name"` // the hospital's own; "" is the program's
	Icon         string   `json:"icon"`
	Ward         bool     `json:"ward"`    // wards may ask for it; the desk always may
	Askers       []string `json:"askers"`  // of the wards only these departments; empty: all
	Guest        bool     `json:"guest"`   // guests may, by a code
	Minutes      int64    `json:"minutes"` // to finish what is not urgent; 0: by urgency alone (W-011)
	Working      bool     `json:"working"` // the minutes of what is not urgent count in working time
	Times        []Span   `json:"times"`   // of single urgencies
	Photos       int64    `json:"photos"`  // at least so many when it is finished
	Parts        bool     `json:"parts"`   // may draw parts from the stores
	Carries      bool     `json:"carries"` // something goes from one place to another
	Costs        bool     `json:"costs"`   // its labour is put on the department's account
	Asks         string   `json:"asks"`    // questions besides, one a line; * behind those that must be answered
	Crew         string   `json:"crew"`    // "": by the routes of the trade
	Certificates []string `json:"certificates"`
	Sign         string   `json:"sign"`    // of Signs
	Silence      int64    `json:"silence"` // working hours after which silence signs; 0: as the house has it, Spoken: never
	Budget       string   `json:"budget"`  // the budget line its cost is put on, as the hospital writes it
	Closed       bool     `json:"closed"`  // not offered any more
	Position     int64    `json:"position"`
	Version      int64    `json:"version"`
}

// Own says whether the hospital made the kind itself.
func (k *Kind) Own() bool { return k.ID != string(k.Trade) }

// ForGuests says whether guests may report by the kind: those of the program's that guests
// know by sight, and any of the hospital's own.
func (k *Kind) ForGuests() bool {
	return k.Guest && !k.Closed && (k.Own() || slices.Contains(GuestTrades, string(k.Trade)))
}

// kindMeant is the kind that a trade or the id of a kind names; a zero one where there is none.
func kindMeant(ctx context.Context, r db.Reader, id Trade) (Kind, error) {
	k, err := KindOf(ctx, r, string(id))
	if fault.KindOf(err) == fault.NotFound {
		err = nil
	}
	return k, err
}

// offered is the kind that is meant, for the desk's own choosing: Invalid where there is none,
// or it is not offered any more.
func offered(ctx context.Context, r db.Reader, id Trade) (Kind, error) {
	k, err := kindMeant(ctx, r, id)
	if err == nil && (k.ID == "" || k.Closed) {
		err = fault.OnField("trade", "base.bad_value", string(id))
	}
	return k, err
}

// Sorts of questions.
var QuestionSorts = []string{"text", "number", "day", "choice"}

// Question is one that a kind asks besides.
type Question struct {
	Text     string   `json:"text"`
	Required bool     `json:"required"`
	Sort     string   `json:"sort"`
	Choices  []string `json:"choices,omitempty"`
}

// Questions of the kind, at most eight.
func (k *Kind) Questions() (all []Question) {
	for line := range strings.SplitSeq(k.Asks, "\n") {
		if line = strings.TrimSpace(line); line == "" || len(all) == questionsMost {
			continue
		}
		parts := strings.Split(line, "\t")
		text, must := strings.CutSuffix(parts[0], "*")
		q := Question{Text: strings.TrimSpace(text), Required: must, Sort: "text"}
		if len(parts) > 1 && slices.Contains(QuestionSorts, parts[1]) {
			q.Sort = parts[1]
		}
		if len(parts) > 2 && q.Sort == "choice" {
			q.Choices = strings.Split(parts[2], "|")
		}
		all = append(all, q)
	}
	return all
}

// Ask writes the questions of a kind down.
func (k *Kind) Ask(all []Question) {
	lines := make([]string, len(all))
	for n, q := range all {
		lines[n] = q.Text
		if q.Required {
			lines[n] += "*"
		}
		if q.Sort != "" && q.Sort != "text" {
			lines[n] += "\t" + q.Sort
		}
		if q.Sort == "choice" {
			lines[n] += "\t" + strings.Join(q.Choices, "|")
		}
	}
	k.Asks = strings.Join(lines, "\n")
}

// ChoicesIn reads the choices of a question as people write them in one line.
func ChoicesIn(line string) (all []string) {
	for c := range strings.FieldsFuncSeq(line, func(r rune) bool { return strings.ContainsRune("、，,;；|/\n\t", r) }) {
		if c = strings.TrimSpace(c); c != "" {
			all = append(all, c)
		}
	}
	return all
}

// fits says whether an answer is one to the question.
func (q *Question) fits(a string) (key string, args []any) {
	switch q.Sort {
	case "number":
		if _, err := strconv.ParseFloat(a, 64); err != nil {
			return "base.number", nil
		}
	case "day":
		if _, err := period.ParseDay(a); err != nil {
			return "base.day", nil
		}
	case "choice":
		if !slices.Contains(q.Choices, a) {
			return "base.bad_value", []any{a}
		}
	}
	return "", nil
}

// ShippedAsks are the questions that the program came with, by which the counter says them in
// the reader's language; a hospital's own stand as it wrote them.
var ShippedAsks = map[string]string{"床号": "bed", "品名和数量": "linen", "送什么（含药品请写明）": "goods", "数量": "amount"}

const questionsMost = 8

const kindColumns = `id, trade, name, icon, ward, guest, minutes, working, times, photos, parts, costs, asks, carries, crew, certificates, sign, silence, closed, position, askers, budget, version`

// KindOf is a kind as it stands now; NotFound when there is none.
func KindOf(ctx context.Context, r db.Reader, id string) (Kind, error) {
	all, err := kindsWhere(ctx, r, ` WHERE id = $1`, id)
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "base.not_found")
	}
	if err != nil {
		return Kind{}, err
	}
	return all[0], nil
}

// Kinds are all of them in the order in which they are offered.
func Kinds(ctx context.Context, r db.Reader) ([]Kind, error) {
	return kindsWhere(ctx, r, ` ORDER BY position, id`)
}

func kindsWhere(ctx context.Context, r db.Reader, where string, args ...any) (all []Kind, err error) {
	err = db.Each(ctx, r, `SELECT `+kindColumns+` FROM desk_kind`+where, args, func(scan db.Scan) error {
		var k Kind
		var times, certificates, askers string
		err := scan(&k.ID, &k.Trade, &k.Name, &k.Icon, &k.Ward, &k.Guest, &k.Minutes, &k.Working, &times, &k.Photos, &k.Parts, &k.Costs, &k.Asks, &k.Carries,
			&k.Crew, &certificates, &k.Sign, &k.Silence, &k.Closed, &k.Position, &askers, &k.Budget, &k.Version)
		k.Times, k.Certificates, k.Askers = readSpans(times), people.List(certificates).Words(), people.List(askers).Words()
		all = append(all, k)
		return err
	})
	return all, err
}

// kindAt is the kind of a job as it was when the job was entered; of jobs that the books
// brought along, what the kind of their trade is now.
func kindAt(ctx context.Context, r db.Reader, j *Job) (Kind, error) {
	k, err := KindOf(ctx, r, cmp.Or(j.Kind, string(j.Trade)))
	if err != nil || j.Kind == "" || j.KindVersion == k.Version {
		return k, err
	}
	body, kept, err := db.First(ctx, r, func(s *string) []any { return []any{s} }, `SELECT body FROM desk_kind_edition WHERE kind = $1 AND version = $2`, j.Kind, j.KindVersion)
	if err != nil || !kept {
		return k, err
	}
	var then Kind
	return then, json.Unmarshal([]byte(body), &then)
}

// KindOfJob is what a job that a person sees keeps to, whatever its kind has become since.
func KindOfJob(ctx context.Context, r db.Reader, j *Job) (Kind, error) { return kindAt(ctx, r, j) }

// OfferedTo says whether a person may ask for the kind in the name of a department: the desk
// always may, wards where the hospital has it so.
func (k *Kind) OfferedTo(by db.Actor, department string) bool {
	return !k.Closed && (by.May(MayDispatch) || k.Ward && (len(k.Askers) == 0 || slices.Contains(k.Askers, department)))
}

// refused says why it is not offered.
func (k *Kind) refused(by db.Actor, department string, bad *fault.Complaints) {
	switch {
	case k.OfferedTo(by, department):
	case k.Ward && !k.Closed:
		bad.Add("trade", "desk.kind_other_askers")
	default:
		bad.Add("trade", "desk.kind_not_offered")
	}
}

// asked refuses what the kind does not allow, and gives the answers to its questions in
// words: one line each.
func (k *Kind) asked(by db.Actor, department string, s *Slip) (answers string, err error) {
	var bad fault.Complaints
	k.refused(by, department, &bad)
	var lines []string
	for n, q := range k.Questions() {
		a := ""
		if n < len(s.Answers) {
			a = strings.Join(strings.Fields(s.Answers[n]), " ")
		}
		switch {
		case len([]rune(a)) > 100:
			bad.Add(fmt.Sprintf("answers.%d", n), "base.too_long", 100)
		case a != "":
			if key, args := q.fits(a); key != "" {
				bad.Add(fmt.Sprintf("answers.%d", n), key, args...)
			}
			lines = append(lines, q.Text+"："+a)
		case q.Required && s.Source == "ward": // the desk writes down what the caller says
			bad.Add(fmt.Sprintf("answers.%d", n), "base.required")
		}
	}
	if k.Carries && s.Bound == "" && s.Source == "ward" {
		bad.Add("bound", "base.required")
	}
	return strings.Join(lines, "\n"), bad.Err()
}

// finished refuses an end that lacks what the kind wants; photos are those that come
// along, besides which those of the job count.
func (k *Kind) finished(ctx context.Context, tx *db.Tx, j *Job, w *Work) error {
	if len(w.Parts) > 0 && !k.Parts {
		return fault.OnField("parts", "desk.kind_no_parts")
	}
	if k.Photos == 0 {
		return nil
	}
	there, err := files.Of(ctx, tx, Noun, j.ID)
	if err != nil {
		return err
	}
	if n := int64(len(there) + len(w.Photos)); n < k.Photos {
		return fault.OnField("photos", "desk.kind_photos", k.Photos)
	}
	return nil
}
