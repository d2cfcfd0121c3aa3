package deskweb_test

import (
	"context"
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
	"houqin/internal/desk"
	"houqin/internal/people"
	"houqin/internal/people/peopleweb"
	"houqin/internal/places"
)

// A call: the extension names the place, the text is typed, and one key sends whom the
// desk proposes.
func TestACallEndsWithTheOneProposed(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h, ctx := open(t, d, peopleweb.Words), context.Background()
		dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error {
			for who, until := range map[string]int{h.wang.ID: 20, h.li.ID: -1} {
				c := people.Certificate{Person: who, Kind: "electrician", IssuedOn: tx.Today().AddDays(-100), ValidUntil: tx.Today().AddDays(until)}
				if err := people.Certify(ctx, tx, &c); err != nil {
					return err
				}
			}
			if err := desk.SetRoutes(ctx, tx, 0, []desk.Route{{Trade: "electric", Crew: h.electric.ID}}); err != nil {
				return err
			}
			return desk.SetNeeds(ctx, tx, 0, []desk.Need{{Trade: "electric", Certificate: "electrician"}})
		})
		c := webtest.New(t, h)
		h.as(h.dispatcher)
		page := c.Get("/desk/call").Press("查地点", fill("phone", "8301")).Press("#call button.btn-accent", fill("title", "跳闸", "trade", "electric"))
		page.See("已报修", "派工建议", "王建国", "证件有效至", "李志强", "低压电工作业证已于", "派王建国去").NotSee("派李志强去")
		if page.Count("button[autofocus]") != 1 || page.Attr("button[autofocus]", "data-name") != "send" {
			t.Error("the keyboard does not stand on the one proposed")
		}
		other := c.Get(page.URL)
		page.Press("派王建国去", nil).See("已派工", "电话报修")
		other.PressWant(409, "派王建国去", nil).See("已由赵调度派给王建国", "您填写的内容：王建国").NotSee(h.wang.ID)
		j := h.only(t)
		if j.Worker != h.wang.ID || j.Dispatcher != "赵调度" {
			t.Errorf("sent: %+v", j)
		}
		// Whoever is sent by hand without a certificate is refused, with who could go.
		c.Get("/desk/jobs/"+j.ID).PressWant(422, "#step-reassign button.btn-accent", fill("worker", "李志强")).See("李志强的低压电工作业证已于", "可派：王建国")
		c.Get("/desk/jobs/" + j.ID + "/send").See("派工建议").NotSee("派王建国去")
	})
}

func TestTheMapColoursAndOpensPlaces(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h, ctx := open(t, d), context.Background()
		var house, low, high, room places.Place
		dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error {
			house = places.Place{Code: "B1", Name: "门诊楼", Kind: places.Building}
			if err := places.Add(ctx, tx, &house); err != nil {
				return err
			}
			low, high = places.Place{Code: "B1-2", Name: "2层", Kind: places.Floor, Parent: house.ID}, places.Place{Code: "B1-10", Name: "10层", Kind: places.Floor, Parent: house.ID}
			if err := places.Add(ctx, tx, &low); err != nil {
				return err
			}
			if err := places.Add(ctx, tx, &high); err != nil {
				return err
			}
			room = places.Place{Code: "B1-1001", Name: "1001", Kind: places.Room, Parent: high.ID}
			return places.Add(ctx, tx, &room)
		})
		dbtest.Do(t, d, h.nurse, func(tx *db.Tx) error {
			for _, s := range []desk.Slip{{Title: "冒烟", Trade: "electric", Urgency: desk.Emergency, Place: room.ID}, {Title: "漏水", Trade: "water", Place: room.ID}} {
				s.Anyway = true
				if _, err := desk.Report(ctx, tx, &s); err != nil {
					return err
				}
			}
			return nil
		})
		c := webtest.New(t, h)
		h.as(h.dispatcher)
		page := c.Get("/desk/map?building="+house.ID).See("门诊楼", "10层", "1001", "紧急1")
		if floors := strings.Join(page.Texts("th .spot"), " "); floors != "10层 2层 门诊楼" {
			t.Errorf("from above: %s", floors)
		}
		if said := strings.Join(page.Texts("a.spot-danger .unseen"), "; "); said != "未完2单, 紧急1" {
			t.Errorf("the room reads %q", said)
		}
		page.Follow(`a.spot-danger`).See("冒烟", "漏水")
		c.Get("/desk/board").See("冒烟")
	})
}

func TestTheRosterOfACrew(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		boss := h.dispatcher
		boss.Rights = map[string]db.Scope{desk.MaySee: {All: true}, desk.MayRoster: {All: true}, desk.MayDispatch: {All: true}}
		c := webtest.New(t, h)
		h.as(boss)
		at := "/desk/roster?crew=" + h.electric.ID
		c.Get(at).See("王建国", "未排班").Press("#rota button.btn-accent", fill("person", "王建国", "pattern", "白夜休休")).See("排班已保存", "白", "夜", "休")
		c.Get(at).PressWant(422, "#rota button.btn-accent", fill("person", "王建国", "pattern", "白 晚")).See("没有“晚”这个班次")
		c.Get(at).Press("#swap button.btn-accent", fill("person", "李志强", "shift", "全", "note", "替班")).See("排班已保存", "全")
		month := string(d.Today().Month().First())
		c.Get(at).PressWant(422, "#month button.btn-accent", fill("first", month, "text", "工号\t1日\t2日\n2001\t白\t夜\n9999\t白\t白")).See("第3行：没有工号9999")
		c.Get(at).Press("#month button.btn-accent", fill("first", month, "text", "工号\t1日\t2日\t备注\n2001\t白\t夜\t好\n2002\t\t休\t")).See("已导入3个班次")
		h.as(h.wang)
		c.Get("/desk/mine").See("本班同事", "李志强")
	})
}

// The certificates that work takes are chosen on a page, and are there again.
func TestTheCertificatesThatWorkTakesAreChosen(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.director.Rights[desk.MayArrange] = db.Scope{All: true}
		h.as(h.director)
		page := webtest.New(t, h).Get("/desk/crews").Press("保存", fill("needs.0.trade", "lift", "needs.0.certificate", "lift"))
		if got := page.Input("needs.0.trade"); got != "lift" {
			t.Errorf("the first need is of %q", got)
		}
	})
}

// The board by crew: what each has in hand, what nobody was given first.
func TestTheBoardByCrew(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		c := webtest.New(t, h)
		dbtest.Do(t, d, h.nurse, func(tx *db.Tx) error {
			for _, s := range []desk.Slip{{Title: "灯不亮", Trade: "electric"}, {Title: "冒烟", Trade: "electric", Urgency: desk.Emergency}, {Title: "漏水", Trade: "water"}} {
				s.Anyway, s.Place = true, h.room.ID
				j, err := desk.Report(t.Context(), tx, &s)
				if err != nil {
					return err
				}
				if s.Trade == "electric" {
					tx.By = h.dispatcher
					if _, err := desk.Dispatch(t.Context(), tx, j.ID, 0, desk.Assignment{Worker: h.wang.ID}); err != nil {
						return err
					}
					tx.By = h.nurse
				}
			}
			return nil
		})
		h.as(h.dispatcher)
		page := c.Get("/desk/board").Follow("按班组看").See("电工班", "王建国")
		if lanes := strings.Join(page.Texts(".lane h2"), " "); lanes != "未定班组 电工班" {
			t.Errorf("the lanes are %s", lanes)
		}
		if jobs := strings.Join(page.Texts(`.lane h3`), " "); jobs != "漏水 冒烟 灯不亮" {
			t.Errorf("the jobs stand as %s", jobs)
		}
		page.Follow("按状态看").See("待派工")
	})
}
