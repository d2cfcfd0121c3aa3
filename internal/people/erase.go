package people

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
)

// Erase takes the personal values of somebody who left out of the staff file (个人信息保护法
// 47): the number stands in the place of the name, telephone, posts and trades are emptied,
// the login name is given up, and passwords, seeds, sessions, browsers and tokens go. The
// number stays taken, and so do the trail, the papers and the signatures, which name staff
// as long as the law has them kept; see docs/decisions/0012. There is no way back.
//
// Somebody who works here, or was erased before, is a Conflict. Whoever calls it has made
// sure that the acting person just proved who they are.
func Erase(ctx context.Context, tx *db.Tx, id string, version int64) error {
	p, err := inSight(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := tx.NeedIn(MayHire, p.Department); err != nil {
		return err
	}
	if !p.Closed {
		return fault.New(fault.Conflict, "people.still_here", p.Name)
	}
	if p.ErasedAt != 0 {
		return fault.New(fault.Conflict, "people.erased")
	}
	search, err := tx.Tokens(ctx, p.Number)
	if err != nil {
		return err
	}
	if err := tx.One(ctx, fault.Stale(), `UPDATE people_person SET name = number, phone = '', posts = '', trades = '', lang = '', theme = '', search = $1, erased_at = $2,
		version = version + 1 WHERE id = $3 AND version = $4 AND closed = true`, search, tx.At(), id, version); err != nil {
		return err
	}
	for _, q := range []string{
		// The id stands in the place of the login name: nobody else has it, and nobody types it.
		`UPDATE people_account SET login = person, password = '', pin = '', seed = '', seed_on = 0, seed_step = 0, closed = true WHERE person = $1`,
		`DELETE FROM people_password WHERE person = $1`,
		`DELETE FROM people_recovery WHERE person = $1`,
		`DELETE FROM people_browser WHERE person = $1`,
		`DELETE FROM people_session WHERE person = $1`,
		`DELETE FROM people_token WHERE person = $1`,
		`UPDATE people_certificate SET number = '', note = '' WHERE person = $1`,
		`UPDATE people_grant SET by_name = (SELECT number FROM people_person WHERE id = $1) WHERE by_id = $1`,
		`UPDATE people_device SET by_name = (SELECT number FROM people_person WHERE id = $1) WHERE by_id = $1`,
	} {
		if _, err := tx.Exec(ctx, q, id); err != nil {
			return err
		}
	}
	return tx.Trail(ctx, db.Event{Noun: "people.person", Record: id, Action: "erase", Note: p.Number})
}

// onTrail is a person as the trail keeps it: that there is a telephone, never which.
func onTrail(p *Person) Person {
	kept := *p
	if p.Phone != "" {
		kept.Phone = "***"
	}
	return kept
}

// changedOnTrail also shows that the telephone is another one.
func changedOnTrail(was, p *Person) (before, after Person) {
	before, after = onTrail(was), onTrail(p)
	if was.Phone != p.Phone && before.Phone == after.Phone {
		after.Phone += "*"
	}
	return before, after
}
