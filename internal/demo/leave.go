package demo

import (
	"context"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/departments"
	"houqin/internal/desk"
)

// first of those who have a role: the same person each time.
func (w *world) first(role string) *person {
	for _, p := range w.staff {
		if p.role == role {
			return p
		}
	}
	panic("nobody is " + role)
}

// preside names the departments' heads and who sits on which post.
func (w *world) preside(ctx context.Context) error {
	return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error {
		for _, u := range w.units {
			if len(u.staff) == 0 {
				continue
			}
			d, err := departments.Get(ctx, tx, u.ID)
			if err != nil {
				return err
			}
			d.Head = u.staff[0].ID
			if u.Code == "B01" {
				d.Head = w.first("president").ID
			}
			if err := departments.Change(ctx, tx, &d); err != nil {
				return err
			}
			u.Department = d
		}
		for _, s := range []struct {
			post string
			who  *person
		}{
			{"president", w.first("president")}, {"vice_president", w.first("vice_president")}, {"hospital_leader", w.first("vice_president")}, {"hospital_office", w.first("secretary")},
			{"dispatcher", w.first("secretary")}, {"logistics", w.first("director")}, {"managing_department", w.first("director")}, {"general_affairs", w.first("section_head")},
			{"section_chief", w.first("section_head")}, {"equipment_department", w.first("section_head")}, {"audit", w.first("auditor")}, {"storekeeper", w.first("storekeeper")},
			{"finance", w.first("finance")}, {"property_accountant", w.first("property_accountant")}, {"legal_adviser", w.byCode["B02"].staff[0]},
		} {
			if err := approvals.Seat(ctx, tx, &approvals.Holding{Post: s.post, Person: s.who.ID}); err != nil {
				return err
			}
		}
		return nil
	})
}

// firms that are asked for when the house cannot do a job itself.
var firms = []struct {
	name, lack, why string
	estimate        money.Fen
	signed          bool // the section chief has agreed
}{
	{"永固管业有限公司（虚构）", "tool", "主管带压，本院没有带压开孔设备", 480_000, true},
	{"安泰照明电器有限公司（虚构）", "tool", "高杆灯需登高车，本院没有", 126_000, true},
	{"清河县冷暖设备服务部（虚构）", "skill", "压缩机内漏，需返厂检修", 915_000, false},
	{"清河县恒信五金机电有限公司（虚构）", "hands", "门体变形，需定制更换", 230_000, false},
}

// askLeave leaves a handful of jobs waiting for leave to call a firm, and lets the
// vice-president be stood in for by the director for a week.
func (w *world) askLeave(ctx context.Context) error {
	jobs, err := desk.Pending.All(ctx, w.d, list.Where{}.And("j.open = true AND j.state IN ('dispatched', 'accepted', 'working', 'paused') AND j.urgency <> 'emergency'"), len(firms))
	if err != nil {
		return err
	}
	dispatcher, chief := w.first("dispatcher").actor, w.first("section_head").actor
	for n, j := range jobs {
		f, asked := firms[n], w.now.Add(-time.Duration(20-4*n)*time.Hour)
		if err := w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error {
			_, err := desk.AskOutside(ctx, at(tx, asked, dispatcher), j.ID, 0, desk.Outside{Firm: f.name, Estimate: f.estimate, Lack: f.lack, Why: f.why})
			return err
		}); err != nil {
			return err
		}
		if !f.signed {
			continue
		}
		if err := w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error {
			c, _, err := approvals.OpenOf(ctx, tx, desk.Noun, j.ID)
			if err != nil {
				return err
			}
			_, err = approvals.Agree(ctx, at(tx, asked.Add(2*time.Hour), chief), c.ID, "情况属实", approvals.Signature{Digest: c.Digest, Agent: "Android"})
			return err
		}); err != nil {
			return err
		}
	}
	return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error {
		tx = at(tx, w.now.Add(-time.Hour), w.first("vice_president").actor)
		return approvals.Delegate(ctx, tx, &approvals.Delegation{To: w.first("director").ID, Until: tx.Today().AddDays(7), Kinds: "desk.outside", Most: 500_000, Reason: "外出学习"})
	})
}
