package peopleweb_test

import (
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/pquerna/otp/totp"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/sitetest"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/base/webtest"
	"houqin/internal/departments"
	"houqin/internal/departments/departmentsweb"
	"houqin/internal/people"
	"houqin/internal/people/peopleweb"
)

var rooms = []fs.FS{departments.Migrations, people.Migrations}

const (
	good  = "Three blue kettles"
	other = "Seven green ladders"
)

// house is a small hospital with its counter: a nurse, the three administrators and
// a plumber in another department.
type house struct {
	t                                       *testing.T
	d                                       *db.DB
	clock                                   *dbtest.Clock
	site                                    *sitetest.Site
	c                                       *peopleweb.Counter
	ward, team                              departments.Department
	nurse, system, security, audit, plumber people.Person
}

// elsewhere are the words of a permission of another room.
var elsewhere = fstest.MapFS{
	"words/zh.json": {Data: []byte(`{"may.desk.report": "报修", "may.zoo.feed": "喂养动物"}`)},
	"words/en.json": {Data: []byte(`{"may.desk.report": "Report faults", "may.zoo.feed": "Feed the animals"}`)},
}

var permissions = append([]string{"desk.report", "zoo.feed"}, people.Permissions...)

func each(t *testing.T, f func(t *testing.T, h *house)) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) { f(t, open(t, d, clock)) })
}

func open(t *testing.T, d *db.DB, clock *dbtest.Clock) *house {
	t.Helper()
	h := &house{t: t, d: d, clock: clock}
	h.site = sitetest.New(t, d, peopleweb.Words, departmentsweb.Words, elsewhere)
	h.site.Hospital = "第一人民医院"
	h.site.Secure = true
	h.c = peopleweb.New(h.site.Site, permissions)
	h.site.Who = h.c.Visitor
	h.site.Home = func(*web.Req) string { return "/me" }
	peopleweb.Pickers(h.site.Site)
	departmentsweb.Pickers(h.site.Site)
	dbtest.Do(t, d, db.System("boss"), func(tx *db.Tx) error {
		h.ward = departments.Department{Code: "N1", Name: "内一科", Kind: departments.Ward}
		h.team = departments.Department{Code: "T1", Name: "水电班", Kind: departments.Team}
		for _, x := range []*departments.Department{&h.ward, &h.team} {
			if err := departments.Found(t.Context(), tx, x); err != nil {
				return err
			}
		}
		if err := people.EnsureRoles(t.Context(), tx, []people.RoleSpec{
			{Code: "ward", NameZh: "护士", NameEn: "Nurse", Rights: []string{"desk.report"}},
			{Code: "administrator", NameZh: "系统管理员", NameEn: "System administrator", Rights: []string{people.SystemSeat, people.MayHire, people.MaySee}},
			{Code: "security_admin", NameZh: "安全管理员", NameEn: "Security administrator", Rights: []string{people.SecuritySeat, people.MayGrant, people.MaySee}},
			{Code: "audit_admin", NameZh: "审计管理员", NameEn: "Audit administrator", Rights: []string{people.AuditSeat, people.MaySee}}}); err != nil {
			return err
		}
		for i, x := range []struct {
			p          *people.Person
			name, role string
			in         string
		}{{&h.nurse, "李华", "ward", h.ward.ID}, {&h.system, "系统", "administrator", h.ward.ID}, {&h.security, "安全", "security_admin", h.ward.ID},
			{&h.audit, "审计", "audit_admin", h.ward.ID}, {&h.plumber, "王水", "", h.team.ID}} {
			*x.p = people.Person{Number: fmt.Sprintf("01%02d", i), Name: x.name, Department: x.in}
			if err := people.Hire(t.Context(), tx, x.p); err != nil {
				return err
			}
			if err := people.OpenAccount(t.Context(), tx, x.p.ID, "u"+x.p.Number); err != nil {
				return err
			}
			if x.role == "" {
				continue
			}
			r, err := people.RoleByCode(t.Context(), tx, x.role)
			if err != nil {
				return err
			}
			if err := people.Grant(t.Context(), tx, &people.Appointment{Person: x.p.ID, Role: r.ID, Extent: people.Everywhere}); err != nil {
				return err
			}
		}
		return nil
	})
	h.site.Room(h.c.Routes())
	return h
}

// password gives a person the password good.
func (h *house) password(p people.Person) {
	h.t.Helper()
	if err := people.SetPassword(h.t.Context(), h.d, db.System("boss"), p.ID, good); err != nil {
		h.t.Fatal(err)
	}
}

// enrols gives a person an authenticator, and tells its recovery codes.
func (h *house) enrols(p people.Person) (codes []string) {
	h.t.Helper()
	by, err := people.ActorOf(h.t.Context(), h.d, p.ID, h.clock.Now())
	if err != nil {
		h.t.Fatal(err)
	}
	dbtest.Do(h.t, h.d, by, func(tx *db.Tx) error { return people.Seed(h.t.Context(), tx) })
	seed, _, err := people.Pending(h.t.Context(), h.d, p.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	code, err := totp.GenerateCode(seed, h.clock.Now())
	if err != nil {
		h.t.Fatal(err)
	}
	dbtest.Do(h.t, h.d, by, func(tx *db.Tx) (err error) { codes, err = people.ConfirmFactor(h.t.Context(), tx, code); return err })
	return codes
}

// as is a browser in which a person has just signed in.
func (h *house) as(p people.Person) *webtest.Client {
	h.t.Helper()
	token, err := people.Enter(h.t.Context(), h.d, p.ID, "192.0.2.1", "Firefox Windows")
	if err != nil {
		h.t.Fatal(err)
	}
	c := webtest.New(h.t, h.site)
	c.Header["Cookie"] = "__Host-session=" + token
	return c
}

func form(kv ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(kv); i += 2 {
		v.Add(kv[i], kv[i+1])
	}
	return v
}

// Holds: v5.0.0-7.2.4 v5.0.0-7.4.1 v5.0.0-7.2.1 AB-21
func TestAPersonSignsInAndOut(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.password(h.nurse)
		who := webtest.New(t, h.site)
		who.Do(webtest.Call{URL: "/people", Want: 303, Location: "/sign-in?back=%2Fpeople"})
		page := who.Get("/sign-in?back=/people&lost=1").See("第一人民医院", "刚才填写的内容还在")
		page.PressWant(422, "登录", webtest.Fill{"login": {""}, "password": {""}}).See("必填")
		wrong := page.PressWant(422, "登录", webtest.Fill{"login": {"u0100"}, "password": {"a wrong one"}}).See("登录名或密码不对", "u0100")
		if strings.Contains(wrong.Body, "a wrong one") {
			t.Error("the wrong password stands on the page")
		}
		page.PressWant(422, "登录", webtest.Fill{"login": {"nobody"}, "password": {good}}).See("登录名或密码不对")
		if _, ok := who.Cookie("__Host-session"); ok {
			t.Error("a cookie was given although nobody came in")
		}
		in := page.PressWant(303, "登录", webtest.Fill{"login": {"u0100"}, "password": {good}})
		if to := in.Header.Get("Location"); to != "/people" {
			t.Errorf("led to %q", to)
		}
		for _, c := range in.Header.Values("Set-Cookie") {
			if strings.HasPrefix(c, "__Host-session=") && (!strings.Contains(c, "HttpOnly") || !strings.Contains(c, "Secure") || !strings.Contains(c, "SameSite=Lax") || strings.Contains(c, "Max-Age")) {
				t.Errorf("cookie %s", c)
			}
		}
		who.Get("/me").See("李华", "护士 · 内一科", "0100")
		who.Do(webtest.Call{URL: "/sign-in?back=/people", Want: 303, Location: "/people"}) // already in
		first, _ := who.Cookie("__Host-session")

		// Signing in again ends the session before.
		who.Do(webtest.Call{URL: "/sign-in", Form: form("login", "u0100", "password", good, "own", "on"), Want: 303, Location: "/me", Check: func(t testing.TB, p *webtest.Page) {
			if !strings.Contains(strings.Join(p.Header.Values("Set-Cookie"), "\n"), "Max-Age=2592000") {
				t.Error("one's own device does not stay signed in")
			}
		}})
		second, _ := who.Cookie("__Host-session")
		webtest.New(t, h.site).Do(webtest.Call{URL: "/me", Cookie: map[string]string{"__Host-session": first}, Want: 303})

		who.Do(webtest.Call{Method: "POST", URL: "/sign-out", Form: form(), Want: 303, Location: "/sign-in"})
		if _, ok := who.Cookie("__Host-session"); ok {
			t.Error("the cookie is still there")
		}
		webtest.New(t, h.site).Do(webtest.Call{URL: "/me", Cookie: map[string]string{"__Host-session": second}, Want: 303})
	})
}

// Holds: v5.0.0-3.7.2 v5.0.0-1.2.2 AB-24
func TestTheDoorLeadsOnlyInside(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.password(h.nurse)
		for back, want := range map[string]string{
			"/people?q=x": "/people?q=x", "": "/me", "/": "/me", "https://evil.example/": "/me", "//evil.example": "/me", `/\evil.example`: "/me",
			"https:evil.example": "/me", "/%5cevil.example": "/me", "/a\r\nSet-Cookie: x": "/me", "javascript:alert(1)": "/me", "/sign-out": "/me", "people": "/me",
			"https://hospital.test/people": "/me", "/%0d%0aLocation:%20x": "/%0d%0aLocation:%20x",
		} {
			p := webtest.New(t, h.site).Do(webtest.Call{URL: "/sign-in", Form: form("login", "u0100", "password", good, "back", back), Want: 303})
			if to := p.Header.Get("Location"); to != want {
				t.Errorf("%q leads to %q, want %q", back, to, want)
			}
		}
	})
}

// Holds: v5.0.0-6.4.1 v5.0.0-6.3.4
func TestAFirstPasswordOpensNothingButItsChange(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.as(h.system)
		shown := admin.Get("/people/"+h.nurse.ID).Press("发放初始密码", nil).See("u0100", "离开本页后不再显示")
		first := regexp.MustCompile(`[a-z2-7]{4}(-[a-z2-7]{4}){3}`).FindString(shown.Text())
		if first == "" {
			t.Fatal("no password on the page")
		}
		who := webtest.New(t, h.site)
		change := who.Get("/sign-in?back=/people").Press("登录", webtest.Fill{"login": {"u0100"}, "password": {first}}).See("请换成自己的密码")
		for _, at := range []string{"/me", "/people", "/me/security", "/live", "/api/me"} {
			p := who.Do(webtest.Call{URL: at, Want: map[bool]int{true: 401, false: 303}[strings.HasPrefix(at, "/api")]})
			p.NotSee("李华")
		}
		change.PressWant(422, "保存并进入", webtest.Fill{"password": {other}, "again": {"another one"}}).See("两次输入不一样")
		change.PressWant(422, "保存并进入", webtest.Fill{"password": {"Sunshine2027"}, "again": {"Sunshine2027"}}).See("太常见")
		change.Press("保存并进入", webtest.Fill{"password": {other}, "again": {other}}).See("李华")
		who.Get("/me/security")
		webtest.New(t, h.site).Get("/sign-in").PressWant(422, "登录", webtest.Fill{"login": {"u0100"}, "password": {first}})
	})
}

// Holds: v5.0.0-6.5.6 v5.0.0-6.4.3 AB-28
func TestTheSecondFactorFromBeginningToEnd(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.password(h.nurse)
		who := webtest.New(t, h.site)
		page := who.Get("/sign-in").Press("登录", webtest.Fill{"login": {"u0100"}, "password": {good}})
		page = who.Get("/me/security").Press("启用动态验证码", nil).See("用手机上的验证器扫描")
		seed := strings.ReplaceAll(regexp.MustCompile(`([A-Z2-7]{4} ){7}[A-Z2-7]{4}`).FindString(page.Text()), " ", "")
		if page.Count(".qr svg") != 1 || seed == "" {
			t.Fatalf("no picture or no key on the page: %q", seed)
		}
		code := func() string {
			c, err := totp.GenerateCode(seed, h.clock.Now())
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		page.PressWant(422, "确认启用", webtest.Fill{"code": {"000000"}}).See("验证码不对")
		shown := page.Press("确认启用", webtest.Fill{"code": {code()}}).See("恢复码")
		recovery := regexp.MustCompile(`[A-Z2-7]{4}(-[A-Z2-7]{4}){5}`).FindAllString(shown.Text(), -1)
		if len(recovery) != 10 {
			t.Fatalf("%d recovery codes", len(recovery))
		}
		who.Get("/me/security").See("已启用", "10").NotSee(seed[:4]+" "+seed[4:8], recovery[0])

		h.clock.Add(time.Minute)
		out := webtest.New(t, h.site)
		ask := out.Get("/sign-in?back=/people").Press("登录", webtest.Fill{"login": {"u0100"}, "password": {good}}).See("密码正确")
		out.Do(webtest.Call{URL: "/me", Want: 303})
		ask.PressWant(422, "继续", webtest.Fill{"code": {"123456"}}).See("验证码不对")
		done := ask.PressWant(303, "继续", webtest.Fill{"code": {code()}})
		if to := done.Header.Get("Location"); to != "/people" {
			t.Errorf("led to %q", to)
		}
		lost := webtest.New(t, h.site)
		lost.Get("/sign-in").Press("登录", webtest.Fill{"login": {"u0100"}, "password": {good}}).Follow("用恢复码").
			Press("继续", webtest.Fill{"code": {recovery[4]}}).See("李华")
		lost.Get("/me/sessions").See("使用恢复码")
		// Another account from a door half open.
		half := webtest.New(t, h.site)
		half.Get("/sign-in").Press("登录", webtest.Fill{"login": {"u0100"}, "password": {good}}).Press("换个账号", nil).See("登录名")
	})
}

// Holds: v5.0.0-7.2.2 v5.0.0-9.2.2 v5.0.0-3.5.2 AB-25
func TestCookiesOpenPagesAndTokensOpenTheAPI(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		who := h.as(h.nurse)
		shown := who.Get("/me/tokens").Press("生成令牌", webtest.Fill{"name": {"看板"}, "days": {"30"}}).See("离开本页后不再显示")
		token := regexp.MustCompile(`houqin_[a-z2-7]{26}[0-9a-f]{6}`).FindString(shown.Text())
		who.Get("/me/tokens").See("看板", "有效").NotSee(token)
		session := strings.TrimPrefix(who.Header["Cookie"], "__Host-session=")
		bearer := func(s string) map[string]string { return map[string]string{"Authorization": "Bearer " + s} }
		nobody := webtest.New(t, h.site)
		webtest.Run(t, h.site,
			webtest.Call{Name: "token on the API", URL: "/api/me", Header: bearer(token), See: []string{`"number":"0100"`}},
			webtest.Call{Name: "small letters", URL: "/api/me", Header: map[string]string{"Authorization": "bearer " + token}},
			webtest.Call{Name: "cookie on the API", URL: "/api/me", Cookie: map[string]string{"__Host-session": session}, Want: 401},
			webtest.Call{Name: "token in the cookie", URL: "/me", Cookie: map[string]string{"__Host-session": token}, Want: 303},
			webtest.Call{Name: "session as a token", URL: "/api/me", Header: bearer(session), Want: 401},
			webtest.Call{Name: "token on a page", URL: "/me", Header: bearer(token), Want: 303},
			webtest.Call{Name: "token in the address", URL: "/api/me?token=" + token, Want: 401},
			webtest.Call{Name: "basic", URL: "/api/me", Header: map[string]string{"Authorization": "Basic " + token}, Want: 401},
			webtest.Call{Name: "pages that are for people", URL: "/api/me/tokens", Header: bearer(token), Want: 404},
			webtest.Call{Name: "without the right", Method: "POST", URL: "/api/people", JSON: map[string]any{"number": "1", "name": "x"}, Header: bearer(token), Want: 403},
		)
		nobody.Do(webtest.Call{URL: "/api/people", Want: 401})
		page := who.Get("/me/tokens")
		page.Press("撤销所选令牌", webtest.Fill{"id": {"on"}}).See("已撤销")
		h.clock.Add(3 * time.Second)
		nobody.Do(webtest.Call{URL: "/api/me", Header: bearer(token), Want: 401})
	})
}

// Holds: v5.0.0-7.5.3 v5.0.0-7.5.1
func TestDangerousActsAskForThePasswordFirst(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.password(h.security)
		who := h.as(h.security)
		h.clock.Add(11 * time.Minute)
		grants := "/people/" + h.plumber.ID + "/grants"
		role, err := people.RoleByCode(t.Context(), h.d, "ward")
		if err != nil {
			t.Fatal(err)
		}
		page := who.Get(grants)
		fill := webtest.Fill{"role": {role.ID}, "department": {"水电班"}}
		again := page.Press("授予", fill).See("请再次验证身份")
		who.Get(grants).NotSee("有效")
		again.PressWant(422, "继续", webtest.Fill{"password": {"wrong"}}).See("密码不对")
		again.PressWant(403, "继续", webtest.Fill{"password": {good}}).See("需要动态验证码") // a password is not enough for an administrator
		codes := h.enrols(h.security)
		again = who.Get("/again?back=" + grants)
		again.PressWant(422, "继续", webtest.Fill{"password": {good}, "code": {"000000"}}).See("验证码不对")
		was := strings.TrimPrefix(strings.TrimPrefix(who.Header["Cookie"], "__Host-"), "session=")
		delete(who.Header, "Cookie") // from here on the browser keeps its own
		in := webtest.Call{URL: "/again", Form: form("password", good, "code", codes[0], "back", grants), Cookie: map[string]string{"__Host-session": was}, Want: 303, Location: grants}
		who.Do(in)
		if now, ok := who.Cookie("__Host-session"); !ok || now == was {
			t.Error("the session kept its secret")
		}
		webtest.New(t, h.site).Do(webtest.Call{URL: "/me", Cookie: map[string]string{"__Host-session": was}, Want: 303})
		who.Get(grants).Press("授予", fill).See("已授予王水", "有效", "水电班")
	})
}

// Holds: DB3-8.1.4.2-d DB3-8.1.5.1-a DB3-8.1.5.2-a DB3-8.1.5.3-a AB-40
func TestTheThreeAdministratorsAtWork(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		system, security, audit, nurse := h.as(h.system), h.as(h.security), h.as(h.audit), h.as(h.nurse)

		// The system administrator hires and opens an account.
		page := system.Get("/people").Follow("新入职")
		page.PressWant(422, "保存", webtest.Fill{"number": {"0100"}, "name": {"赵新"}, "department": {"内一科"}}).See("工号“0100”已有人使用", "赵新")
		card := page.Press("保存", webtest.Fill{"number": {"0200"}, "name": {"赵新"}, "department": {"水电班"}, "posts": {"组长，电工"}, "trades": {"electric"}}).See("赵新已入职", "组长、电工", "还没有账号")
		id := strings.TrimPrefix(card.URL, "/people/")
		card.PressWant(422, "form#account button", webtest.Fill{"login": {"u0100"}}).See("登录名“u0100”已有人使用")
		card.Press("form#account button", webtest.Fill{"login": {"0200"}}).See("未设密码")
		system.Get("/people/"+id+"/edit").Press("保存", webtest.Fill{"phone": {"8123"}}).See("8123")
		system.Get("/people?q=zhaoxin").See("赵新", "共 1 条")
		system.Do(webtest.Call{URL: "/people/" + id + "/grants", Want: 403})
		system.Do(webtest.Call{URL: "/roles", Want: 403, See: []string{"有此权限的角色：安全管理员"}})
		system.Do(webtest.Call{URL: "/audit", Want: 403})

		// The security administrator says what they may do, to others.
		ward, _ := people.RoleByCode(t.Context(), h.d, "ward")
		auditor, _ := people.RoleByCode(t.Context(), h.d, "audit_admin")
		sys, _ := people.RoleByCode(t.Context(), h.d, "administrator")
		at := "/people/" + id + "/grants"
		security.Get(at).PressWant(422, "授予", webtest.Fill{"role": {ward.ID}, "extent": {"campus"}}).See("必填")
		security.Get(at).Press("授予", webtest.Fill{"role": {ward.ID}, "extent": {"department"}, "department": {"水电班"}}).See("已授予赵新", "水电班", "护士 → 赵新")
		security.Get(at).PressWant(409, "授予", webtest.Fill{"role": {auditor.ID}, "extent": {"all"}}).See("不能同时办理业务")
		held, err := people.Appointments(t.Context(), h.d, id)
		if err != nil {
			t.Fatal(err)
		}
		security.Do(webtest.Call{URL: at + "/withdraw", Form: form("id", held[0].ID), Want: 303})
		security.Get(at).Press("授予", webtest.Fill{"role": {auditor.ID}, "extent": {"all"}}).See("审计管理员", "全院")
		security.Get(at).PressWant(409, "授予", webtest.Fill{"role": {sys.ID}, "extent": {"all"}}).See("必须由不同的人掌握")
		security.Get("/people/" + h.security.ID + "/grants").See("不能给自己授权")
		security.Do(webtest.Call{URL: "/people/" + h.security.ID + "/grants", Form: form("role", ward.ID, "extent", "all"), Want: 409})
		held, _ = people.Appointments(t.Context(), h.d, id)
		security.Do(webtest.Call{URL: at + "/withdraw", Form: form("id", held[0].ID), Want: 303})
		security.Get(at).See("没有担任任何角色", "已撤销")
		security.Do(webtest.Call{URL: "/people", Form: form("number", "1"), Want: 403})
		security.Do(webtest.Call{URL: "/audit", Want: 403})

		// Roles and the rules of signing in.
		role := security.Get("/roles").See("护士", "系统自带").Follow("护士")
		role.Press("form#role button", webtest.Fill{"desk": {"desk.report"}, "other": {"zoo.feed"}}).See("角色“护士”已保存")
		if r, _ := people.RoleByID(t.Context(), h.d, ward.ID); strings.Join(r.Rights, " ") != "desk.report zoo.feed" || !r.Edited {
			t.Errorf("the role is %+v", r)
		}
		security.Get("/roles/"+sys.ID).PressWant(409, "form#role button", webtest.Fill{"people": {people.MayHire, people.AuditSeat}}).See("必须由不同的人掌握")
		made := security.Get("/roles/new").Press("保存", webtest.Fill{"code": {"zoo"}, "name_zh": {"饲养员"}, "other": {"zoo.feed"}}).See("饲养员", "没有人担任")
		made.Press("停用角色", nil).See("角色已停用")
		rules, open := security.Get("/roles/rules"), security.Get("/roles/rules")
		rules.PressWant(422, "保存", webtest.Fill{"least": {"6"}}).See("应在 8 与 64 之间")
		rules.Press("保存", webtest.Fill{"least": {"10"}, "barred": {"康达 kangda"}}).See("登录规则已保存")
		open.PressWant(409, "保存", webtest.Fill{"least": {"12"}}).See("别人已改过")

		// The audit administrator sees it all, and is seen looking.
		audit.Get("/audit?noun=people.grant").See("授予角色", "撤销角色", "护士 → 赵新").NotIn("tbody", "办理入职")
		audit.Get("/audit?by="+h.security.ID).See("授予角色").NotIn("tbody", "办理入职")
		audit.Get("/audit?event=people.account.sign_in").See("登录")
		audit.Get("/audit?noun=departments.department&event=people.account.sign_in").See("新建")
		audit.Get("/audit").See("查阅日志", "noun=people.grant")
		audit.Get("/audit?door=false").See("授予角色").NotIn("tbody", "退出登录")
		if n := audit.Get("/audit?door=true").Count("tbody tr"); n == 0 {
			t.Error("nobody ever came in")
		}
		audit.Do(webtest.Call{URL: "/audit?format=csv", See: []string{"操作", "护士 → 赵新"}})
		audit.Do(webtest.Call{URL: "/people/" + id + "/leave", Form: form("note", "x"), Want: 403})
		audit.Do(webtest.Call{URL: "/roles", Want: 403})

		// A nurse sees her own department.
		nurse.Get("/people").See("李华").NotSee("赵新")
		nurse.Do(webtest.Call{URL: "/people/" + id, Want: 404})
		nurse.Get("/people/"+h.system.ID).See("系统").NotSee("停用账号", "登录名")
		nurse.Do(webtest.Call{URL: "/people/new", Want: 403})
		nurse.Do(webtest.Call{URL: "/pick/people?q=赵新", See: []string{"[]"}})
		system.Do(webtest.Call{URL: "/pick/people?q=zx", See: []string{"赵新", "水电班"}})

		// Somebody leaves.
		security.Get("/people/" + h.nurse.ID + "/sessions").See("Firefox Windows")
		left := system.Get("/people/" + h.nurse.ID)
		left.PressWant(422, "form#leave button", webtest.Fill{"note": {""}}).See("必填")
		left.Press("form#leave button", webtest.Fill{"note": {"退休"}}).See("离职已办理", "已离职", "退休")
		h.clock.Add(3 * time.Second)
		nurse.Do(webtest.Call{URL: "/me", Want: 303})
		system.Get("/people").NotSee("李华")
		system.Get("/people?closed=true").See("李华")
		system.Do(webtest.Call{URL: "/pick/people?q=李华", See: []string{"[]"}})
		system.Get("/people/"+h.nurse.ID).Press("重新启用", nil).See("已重新启用")
	})
}

// Holds: v5.0.0-7.4.5 v5.0.0-7.5.2
func TestSessionsAreSeenAndEnded(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		phone, pc := h.as(h.nurse), h.as(h.nurse)
		list := pc.Get("/me/sessions").See("本机", "Firefox Windows", "192.0.2.1")
		list.Press("结束所选登录", webtest.Fill{"id": {"on"}}).See("没有在别处登录")
		h.clock.Add(3 * time.Second)
		phone.Do(webtest.Call{URL: "/me", Want: 303})
		tablet := h.as(h.nurse)
		pc.Get("/me/sessions").Press("退出其他所有登录", nil).See("没有在别处登录")
		h.clock.Add(3 * time.Second)
		tablet.Do(webtest.Call{URL: "/me", Want: 303})
		h.as(h.security).Get("/people/"+h.nurse.ID+"/sessions").Press("退出全部登录", nil).See("登录已结束")
		h.clock.Add(3 * time.Second)
		pc.Do(webtest.Call{URL: "/me", Want: 303})
	})
}

func TestOnesOwnPage(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.password(h.nurse)
		who := h.as(h.nurse)
		who.Get("/me").Press("保存", webtest.Fill{"phone": {"8801"}, "lang": {"en"}, "theme": {"dark"}}).See("Settings saved", "8801", "Nurse · 内一科")
		who.Do(webtest.Call{URL: "/me", Form: form("lang", "fr"), Want: 422})
		fresh := webtest.New(t, h.site) // another browser speaks the language chosen
		fresh.Get("/sign-in").Press("登录", webtest.Fill{"login": {"u0100"}, "password": {good}}).See("About me")
		page := fresh.Get("/me/security")
		page.PressWant(422, "Change password", webtest.Fill{"old": {"wrong"}, "password": {other}, "again": {other}}).See("The password is wrong")
		page.Press("Change password", webtest.Fill{"old": {good}, "password": {other}, "again": {other}}).See("Password changed")
		h.clock.Add(3 * time.Second)
		who.Do(webtest.Call{URL: "/me", Want: 303})
		fresh.Get("/me")
		h.as(h.plumber).Get("/me/security").See("u0104")
	})
}

// Holds: v5.0.0-6.3.2 v5.0.0-15.2.3 v5.0.0-13.4.2 C9
func TestTheDemosDoorIsOnlyInTheDemo(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d, clock)
		webtest.New(t, h.site).Do(webtest.Call{URL: "/sign-in/demo", Form: form("role", "0100"), Want: http.StatusNotFound})
		webtest.New(t, h.site).Get("/sign-in").NotSee("点一个角色")
		site := sitetest.New(t, d, peopleweb.Words, departmentsweb.Words)
		c := peopleweb.New(site.Site, permissions)
		c.Demo = []peopleweb.DemoRole{{Number: "0100", Role: "ward", Icon: "user"}, {Number: "0101", Role: "administrator", Icon: "settings"}}
		site.Home = func(*web.Req) string { return "/me" }
		site.Who = c.Visitor
		site.Room(c.Routes())
		webtest.New(t, site).Do(webtest.Call{URL: "/sign-in/demo", Form: form("role", "0100"), Want: http.StatusNotFound}) // not marked as a demo
		site.Demo = true
		who := webtest.New(t, site)
		who.Get("/sign-in").See("护士", "李华 · 内一科").Press("系统管理员 系统 · 内一科", nil).See("系统管理员 · 内一科")
		clock.Add(time.Hour)
		who.Get("/people/"+h.nurse.ID).Press("发放初始密码", nil).See("初始密码") // the invented people know no password
		who.Do(webtest.Call{URL: "/sign-in/demo", Form: form("role", "0104"), Want: http.StatusNotFound})
	})
}

// Every page in both languages has all its words.
func TestNoWordIsMissing(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		if d.Postgres() {
			return // words do not depend on the database
		}
		h := open(t, d, clock)
		h.password(h.nurse)
		h.site.Nav = func(*web.Req) []ui.NavGroup { return nil }
		role, _ := people.RoleByCode(t.Context(), d, "ward")
		for _, lang := range []string{"zh", "en"} {
			for who, pages := range map[*webtest.Client][]string{
				webtest.New(t, h.site): {"/sign-in", "/sign-in?lost=1"},
				h.as(h.nurse):          {"/me", "/me/security", "/me/sessions", "/me/tokens", "/again"},
				h.as(h.system):         {"/people", "/people/new", "/people/" + h.nurse.ID, "/people/" + h.nurse.ID + "/edit"},
				h.as(h.security):       {"/roles", "/roles/new", "/roles/" + role.ID, "/roles/rules", "/people/" + h.nurse.ID + "/grants", "/people/" + h.nurse.ID + "/sessions"},
				h.as(h.audit):          {"/audit", "/audit?noun=people.account"},
			} {
				for _, at := range pages {
					who.Do(webtest.Call{URL: at, Cookie: map[string]string{"__Host-lang": lang}, NotSee: []string{"«"}})
				}
			}
		}
	})
}
