package hospital_test

import (
	"context"
	"net"
	"net/smtp"
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/departments"
	"houqin/internal/desk"
	"houqin/internal/hospital"
)

// A system that can only send mail tells of its alarms all the same: each letter once, to its
// own key; what it says more in single lines is read, and other addresses are refused.
func TestAnAlarmComesByMail(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var key string
		p := desk.Panel{Name: "锅炉控制柜", Sort: "boiler", Kind: "heating", Urgency: desk.Urgent, Most: 3}
		dbtest.Do(t, h.DB, db.System("test"), func(tx *db.Tx) (err error) {
			d := departments.Department{Code: "GL", Name: "锅炉房", Kind: departments.Ward}
			if err := departments.Found(ctx, tx, &d); err != nil {
				return err
			}
			p.Department = d.ID
			key, err = desk.SetPanel(ctx, tx, &p)
			return err
		})
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go h.Letterbox().Serve(ctx, l)
		send := func(to, letter string) error {
			return smtp.SendMail(l.Addr().String(), nil, "plc@boiler", []string{to}, []byte(strings.ReplaceAll(letter, "\n", "\r\n")))
		}
		letter := "Subject: 蒸汽压力高\nMessage-ID: <17@boiler>\nContent-Type: text/plain; charset=utf-8\n\n点位：B-2\n紧急程度: 紧急\n"
		for range 2 {
			if err := send(strings.ToUpper(key)+"@houqin", letter); err != nil {
				t.Fatal(err)
			}
		}
		all, err := desk.AlarmsToDecide(ctx, h.DB, db.System("test"), 10)
		if err != nil || len(all) != 1 || all[0].Text != "蒸汽压力高" || all[0].Point != "B-2" || all[0].Urgency != desk.Emergency || all[0].Times != 2 || all[0].PanelName != p.Name {
			t.Fatalf("told: %+v, %v", all, err)
		}
		if err := send(key+"@houqin", "Subject: x\nContent-Type: text/plain; charset=utf-8\n\n编号：17@boiler\n恢复：是\n"); err != nil {
			t.Error(err)
		}
		if a, err := desk.AlarmByID(ctx, h.DB, db.System("test"), all[0].ID); err != nil || a.ClearedAt == 0 {
			t.Errorf("it is over: %+v, %v", a, err)
		}
		for _, wrong := range []string{"houqin_alarm_x@houqin", "root@houqin"} {
			if err := send(wrong, letter); err == nil || !strings.HasPrefix(err.Error(), "550") {
				t.Errorf("%s: %v", wrong, err)
			}
		}
		refused := ""
		for _, n := range []string{"a", "b", "c", "d"} {
			if err := send(key+"@houqin", "Subject: "+n+"\nMessage-ID: <"+n+">\n\n\n"); err != nil {
				refused = err.Error()
			}
		}
		if !strings.HasPrefix(refused, "452") {
			t.Errorf("more than it may in a minute: %q", refused)
		}
		if got, err := desk.PanelByID(ctx, h.DB, p.ID); err != nil || got.Refused == 0 {
			t.Errorf("that it was refused is not seen: %d, %v", got.Refused, err)
		}
	})
}
