package messagesweb_test

import (
	"encoding/base64"
	"io/fs"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"houqin/internal/base/courier"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/jobs"
	"houqin/internal/base/keys"
	"houqin/internal/base/list"
	"houqin/internal/base/sitetest"
	"houqin/internal/base/webtest"
	"houqin/internal/departments"
	"houqin/internal/messages"
	"houqin/internal/messages/messagesweb"
	"houqin/internal/people"
	"houqin/internal/places"
)

func TestMessagesAndTheirChannels(t *testing.T) {
	dbtest.Each(t, []fs.FS{departments.Migrations, places.Migrations, people.Migrations, messages.Migrations}, func(t *testing.T, d *db.DB) {
		var err error
		if d.Keys, err = keys.Parse(base64.StdEncoding.EncodeToString(make([]byte, 32))); err != nil {
			t.Fatal(err)
		}
		s := sitetest.New(t, d, messagesweb.Words)
		office := &messages.Office{DB: d, Words: s.Words.In("zh"), Courier: courier.New([]netip.Prefix{netip.MustParsePrefix("10.20.0.0/16")}, courier.Mailbox{}, d.Now)}
		s.Room(messagesweb.New(office).Routes())
		admin := dbtest.Person("admin", messages.MayRun)
		nurse := dbtest.Person("nurse")
		dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error {
			p := people.Person{Number: "1", Name: "护士"}
			ward := departments.Department{Code: "N1", Name: "内一科", Kind: departments.Ward}
			if err := departments.Found(t.Context(), tx, &ward); err != nil {
				return err
			}
			p.Department = ward.ID
			if err := people.Hire(t.Context(), tx, &p); err != nil {
				return err
			}
			nurse.ID = p.ID
			return messages.Tell(t.Context(), tx, messages.Word{Event: messages.Finished, To: []string{p.ID}, Args: []string{"WX-2027-000001", "水龙头漏水"}, Number: "WX-2027-000001", Href: "/desk/jobs/1"})
		})

		s.By = nurse
		me := webtest.New(t, s)
		me.Get("/messages").See("工单 WX-2027-000001“水龙头漏水”已完工，待签单").Press("全部已读", nil).See("水龙头漏水").NotSee("全部已读 «")
		me.Get("/messages").PressWant(422, "#address button[type=submit]", webtest.Fill{"email": {"a@b.example, c@d.example"}}).See("请填写一个邮箱地址", "a@b.example, c@d.example").
			Press("#address button[type=submit]", webtest.Fill{"email": {"nurse@hospital.example"}}).See("已保存")
		webtest.Run(t, s, webtest.Call{URL: "/channels", Want: 403}, webtest.Call{URL: "/deliveries", Want: 403}, webtest.Call{URL: "/dead-jobs", Want: 403},
			webtest.Call{Method: "POST", URL: "/channels", Form: url.Values{"kind": {"wecom"}}, Want: 403})

		s.By = admin
		me = webtest.New(t, s)
		blank := me.Get("/channels/new")
		bad := blank.PressWant(422, "保存", webtest.Fill{"kind": {"webhook"}, "name": {"集成平台"}, "address": {"http://127.0.0.1/x"}})
		bad.See("这个地址不能发送", "集成平台")
		made := bad.Press("保存", webtest.Fill{"kind": {"webhook"}, "address": {"http://10.20.0.1/hook?key=hidden"}, "events": {"emergency"}})
		made.See("whsec_")
		secret := "whsec_" + strings.Fields(strings.SplitN(strings.Join(made.Texts("main"), " "), "whsec_", 2)[1])[0]
		page := me.Get("/channels")
		page.See("集成平台", "10.20.0.1").NotSee("hidden")
		all, err := messages.Channels.Find(t.Context(), d, "", list.Where{}, 5)
		if err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
		at := "/channels/" + all[0].ID
		me.Get(at).See("集成平台", "紧急报修", "新建了消息通道").NotSee("hidden").NotSee(secret)
		me.Get(at+"/edit").Press("保存", webtest.Fill{"name": {"数据中台"}}).See("数据中台", "10.20.0.1")
		me.Get(at).Press("发一条测试消息", nil).See("测试消息已排队", "等待")
		me.Get(at).Press("停用", nil).See("已停用").NotSee("发一条测试消息")
		webtest.Run(t, s, webtest.Call{URL: "/api" + at, See: []string{`"closed":true`}}, webtest.Call{URL: "/api/channels", See: []string{"数据中台"}})

		dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error {
			if err := jobs.Later(t.Context(), tx, messages.Due{Delivery: "gone"}); err != nil {
				return err
			}
			_, err := tx.Exec(t.Context(), `UPDATE base_job SET dead = true, error = 'no road' WHERE payload LIKE '%gone%'`)
			return err
		})
		me.Get("/dead-jobs").See("messages.Due", "no road")
		graves, err := jobs.Graves.All(t.Context(), d, list.Where{}, 5)
		if err != nil || len(graves) != 1 {
			t.Fatal(graves, err)
		}
		webtest.Run(t, s, webtest.Call{Method: "POST", URL: "/dead-jobs/revive", Form: url.Values{"id": {graves[0].ID}, "_key": {"k1"}}, Want: 303},
			webtest.Call{Method: "POST", URL: "/dead-jobs/bury", Form: url.Values{"id": {graves[0].ID}, "_key": {"k2"}}, Want: 404})
		me.Get("/dead-jobs").See("没有失败的后台任务")
	})
}
