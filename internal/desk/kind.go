package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/calendar"
	"houqin/internal/files"
)

// KindNoun is what the trail calls a kind of work.
const KindNoun = "desk.kind"

// Kind is a kind of work as the hospital arranges it: who may ask for it, what is asked
// besides, how long it may take and how it ends. There is one for each trade; the crews
// that do it are those of the trade's routes, the certificates those it needs.
type Kind struct {
	Trade    Trade  `json:"trade"`
	Name     string `json:"name"` // the hospital's own; "" is the program's
	Icon     string `json:"icon"`
	Ward     bool   `json:"ward"`    // wards may ask for it; the desk always may
	Guest    bool   `json:"guest"`   // guests may, by a code
	Minutes  int64  `json:"minutes"` // to finish what is not urgent; 0: by urgency alone (W-011)
	Working  bool   `json:"working"` // the minutes count in working time
	Photos   int64  `json:"photos"`  // at least so many when it is finished
	Parts    bool   `json:"parts"`   // may draw parts from the stores
	Carries  bool   `json:"carries"` // something goes from one place to another
	Costs    bool   `json:"costs"`   // its labour is put on the department's account
	Asks     string `json:"asks"`    // questions besides, one a line; * behind those that must be answered
	Closed   bool   `json:"closed"`  // not offered any more
	Position int64  `json:"position"`
	Version  int64  `json:"version"`
}

// Question is one that a kind asks besides.
type Question struct {
	Text     string `json:"text"`
	Required bool   `json:"required"`
}

// Questions of the kind, at most five.
func (k *Kind) Questions() (all []Question) {
	for line := range strings.SplitSeq(k.Asks, "\n") {
		if line = strings.TrimSpace(line); line == "" || len(all) == questionsMost {
			continue
		}
		text, must := strings.CutSuffix(line, "*")
		all = append(all, Question{strings.TrimSpace(text), must})
	}
	return all
}

// ShippedAsks are the questions that the program came with, by which the counter says them in
// the reader's language; a hospital's own stand as it wrote them.
var ShippedAsks = map[string]string{"床号": "bed", "品名和数量": "linen", "送什么（含药品请写明）": "goods", "数量": "amount"}

const questionsMost = 5

// KindIcons are the drawings to choose from.
var KindIcons = []string{"bolt", "droplet", "air-conditioning", "tools", "hammer", "elevator", "flame", "wind", "device-desktop", "bed", "heart", "broom", "spray", "shirt", "truck", "wheelchair",
	"test-pipe", "box", "bug", "plant-2", "users", "shield", "dots", "bath", "door", "key", "wifi", "phone", "wash-machine", "trash", "package", "car", "walk", "route", "eye"}

const kindColumns = `trade, name, icon, ward, guest, minutes, working, photos, parts, costs, asks, carries, closed, position, version`

func intoKind(k *Kind) []any {
	return []any{&k.Trade, &k.Name, &k.Icon, &k.Ward, &k.Guest, &k.Minutes, &k.Working, &k.Photos, &k.Parts, &k.Costs, &k.Asks, &k.Carries, &k.Closed, &k.Position, &k.Version}
}

// Kinds are all of them in the order in which they are offered.
func Kinds(ctx context.Context, r db.Reader) ([]Kind, error) {
	return db.All(ctx, r, intoKind, `SELECT `+kindColumns+` FROM desk_kind ORDER BY position, trade`)
}

// KindOf is the kind of a trade; NotFound when there is none.
func KindOf(ctx context.Context, r db.Reader, t Trade) (Kind, error) {
	k, ok, err := db.First(ctx, r, intoKind, `SELECT `+kindColumns+` FROM desk_kind WHERE trade = $1`, t)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "base.not_found")
	}
	return k, err
}

// SetKind changes how the hospital arranges a kind. Needs MayArrange. Invalid: an icon
// that is none, more than five questions, more than a year.
func SetKind(ctx context.Context, tx *db.Tx, k Kind) error {
	if err := tx.Need(MayArrange); err != nil {
		return err
	}
	was, err := KindOf(ctx, tx, k.Trade)
	if err != nil {
		return err
	}
	var bad fault.Complaints
	if !slices.Contains(KindIcons, k.Icon) {
		bad.Add("icon", "base.bad_value", k.Icon)
	}
	if k.Minutes < 0 || k.Minutes > 366*24*60 {
		bad.Add("minutes", "base.between", 0, 366*24*60)
	}
	if k.Photos < 0 || k.Photos > 9 {
		bad.Add("photos", "base.between", 0, 9)
	}
	if n := len(strings.FieldsFunc(k.Asks, func(r rune) bool { return r == '\n' })); n > questionsMost {
		bad.Add("asks", "desk.too_many_questions", questionsMost)
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if err := tx.One(ctx, fault.New(fault.Conflict, "base.stale"), `UPDATE desk_kind SET name = $1, icon = $2, ward = $3, guest = $4, minutes = $5, working = $6, photos = $7, parts = $8, costs = $9,
		asks = $10, carries = $11, closed = $12, position = $13, version = version + 1 WHERE trade = $14 AND version = $15`,
		strings.TrimSpace(k.Name), k.Icon, k.Ward, k.Guest, k.Minutes, k.Working, k.Photos, k.Parts, k.Costs, strings.TrimSpace(k.Asks), k.Carries, k.Closed, k.Position, k.Trade, k.Version); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: KindNoun, Record: string(k.Trade), Action: "arrange", Before: was, After: k})
}

// asked refuses what the kind does not allow, and gives the answers to its questions in
// words: one line each.
func (k *Kind) asked(by db.Actor, s *Slip) (answers string, err error) {
	var bad fault.Complaints
	if k.Closed || !k.Ward && !by.May(MayDispatch) {
		bad.Add("trade", "desk.kind_not_offered")
	}
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

// due is until when a job of this kind is to be done: what is not urgent by the kind's
// own time where it has one, what is urgent by the shorter of both.
func (k *Kind) due(ctx context.Context, tx *db.Tx, u Urgency, at, byUrgency period.Instant) (period.Instant, error) {
	if k.Minutes == 0 || u == Emergency || u == Planned {
		return byUrgency, nil
	}
	span := time.Duration(k.Minutes) * time.Minute
	if u == Urgent {
		return min(at.Add(span), byUrgency), nil
	}
	if !k.Working {
		return at.Add(span), nil
	}
	cal, err := calendar.Load(ctx, tx)
	return period.At(cal.Add(at.Time(), span)), err
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
