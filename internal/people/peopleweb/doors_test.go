package peopleweb_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"houqin/internal/base/webtest"
)

// An administrator sets an authenticator up at the door, before anything opens.
//
// Holds: v5.0.0-6.3.3 v5.0.0-6.4.1 DB3-8.1.4.1-d AB-28
func TestAnAdministratorSetsTheFactorUpAtTheDoor(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.password(h.system)
		who := webtest.New(t, h.site)
		page := who.Get("/sign-in?back=/people").Press("登录", webtest.Fill{"login": {"u0101"}, "password": {good}}).See("需要动态验证码", "扫描")
		seed := strings.ReplaceAll(regexp.MustCompile(`([A-Z2-7]{4} ){7}[A-Z2-7]{4}`).FindString(page.Text()), " ", "")
		if page.Count(".qr svg") != 1 || seed == "" {
			t.Fatalf("no picture or no key on the page: %q", seed)
		}
		for _, at := range []string{"/me", "/people", "/people/new", "/me/security", "/live"} {
			who.Do(webtest.Call{URL: at, Want: 303}).NotSee("系统")
		}
		page.PressWant(422, "确认启用", webtest.Fill{"code": {"000000"}}).See("验证码不对", seed[:4])
		code, err := totp.GenerateCode(seed, h.clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		page.Press("确认启用", webtest.Fill{"code": {code}}).See("恢复码").Follow("已记下").See("新入职")
		h.clock.Add(time.Minute)
		webtest.New(t, h.site).Get("/sign-in").Press("登录", webtest.Fill{"login": {"u0101"}, "password": {good}}).See("密码正确").NotSee("扫描")
	})
}

// The ward's computer is registered by a code, without anybody with powers signing in
// there; and whoever signs in is told of wrong guesses.
//
// Holds: v5.0.0-6.1.3 v5.0.0-6.3.5
func TestTheWardsComputer(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.password(h.nurse)
		security, pc := h.as(h.security), webtest.New(t, h.site)
		page := security.Get("/devices").See("还没有登记公用电脑")
		page.PressWant(422, "生成登记码", webtest.Fill{"name": {""}, "department": {"内一科"}}).See("必填")
		shown := page.Press("生成登记码", webtest.Fill{"name": {"护士站 1 号机"}, "department": {"内一科"}}).See("/sign-in/device")
		code := regexp.MustCompile(`[A-Z2-7]{4}(-[A-Z2-7]{4}){3}`).FindString(shown.Text())
		security.Get("/devices").See("护士站 1 号机", "待登记").NotSee(code)
		door := pc.Get("/sign-in/device").See("登记公用电脑")
		door.PressWant(422, "登记本机", webtest.Fill{"code": {"AAAA-BBBB-CCCC-DDDD"}}).See("登记码不对")
		door.Press("登记本机", webtest.Fill{"code": {code}}).See("本机已登记")
		pc.Get("/sign-in").PressWant(422, "登录", webtest.Fill{"login": {"u0100"}, "password": {"wrong"}})
		pc.Get("/sign-in").Press("登录", webtest.Fill{"login": {"u0100"}, "password": {good}}).See("1 次")
		security.Get("/devices").See("已登记", "192.0.2.1").Press("注销所选", webtest.Fill{"id": {"on"}}).See("已注销")
		h.clock.Add(3 * time.Second)
		pc.Do(webtest.Call{URL: "/me", Want: 303})
		h.as(h.nurse).Do(webtest.Call{URL: "/devices", Want: 403})
	})
}

// Two administrators take a third's factor off, in the browser.
//
// Holds: v5.0.0-6.4.4
func TestTwoAdministratorsTakeAThirdsFactorOff(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.enrols(h.audit)
		at := "/people/" + h.audit.ID
		h.as(h.security).Get(at).Press("停用动态验证码", nil).See("还需另一位管理员")
		h.as(h.security).Get(at).PressWant(409, "确认停用动态验证码", nil).See("须由另一位")
		h.as(h.nurse).Get(at).NotSee("停用动态验证码")
		h.as(h.system).Get(at).Press("确认停用动态验证码", nil).See("动态验证码已停用")
	})
}
