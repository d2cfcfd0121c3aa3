package journeys

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"context"
)

// picked is the id of the first record that a picker finds for a text.
func (w *walker) picked(t *testing.T, source, text string) string {
	t.Helper()
	r, err := http.NewRequest("GET", house.srv.URL+"/pick/"+source+"?q="+url.QueryEscape(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "application/json")
	answer, err := w.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var found []struct{ ID string }
	if err := json.NewDecoder(answer.Body).Decode(&found); err != nil || len(found) == 0 {
		t.Fatalf("no %s is %s: %v", source, text, err)
	}
	return found[0].ID
}

func (w *walker) form(t *testing.T, at string, fields ...string) string {
	t.Helper()
	v := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		v.Set(fields[i], fields[i+1])
	}
	return w.post(t, at, "application/x-www-form-urlencoded", strings.NewReader(v.Encode()))
}

// finished is a job that a role has reported and the technician has finished.
func finished(t *testing.T, role, title string) (at string) {
	t.Helper()
	mux := doors(house.h.Site.Routes())
	ward, center, work := newWalker(t, mux, role), newWalker(t, mux, dispatcher), newWalker(t, mux, technician)
	at = ward.form(t, "/desk/report", "trade", "electric", "title", title, "urgency", "normal", "anyway", "1")
	center.form(t, at+"/dispatch", "worker.id", center.picked(t, "workers", "李欣建"), "worker", "李欣建")
	work.form(t, at+"/accept")
	work.form(t, at+"/arrive")
	work.form(t, at+"/finish", "done", "已修好", "minutes", "12")
	return at
}

// A nurse reports a fault in three taps, and sees at once that it was heard.
func TestANurseReportsInThreeTaps(t *testing.T) {
	b := as(t, nurse, Phone, "zh", false)
	b.Click("报修")
	b.Click("水")
	b.Click("#report button[type=submit].btn-accent")
	b.See("待派工")
}

// A head nurse sees everything that is open for her ward, and signs several jobs
// off with one signature.
func TestAHeadNurseSignsSeveral(t *testing.T) {
	demoHouse(t)
	one := finished(t, headNurse, "会签一：床头灯不亮")
	two := finished(t, headNurse, "会签二：插座松动")
	b := as(t, headNurse, Phone, "zh", false)
	b.Go(house.srv.URL + "/desk/ward")
	b.See("会签一：床头灯不亮", "会签二：插座松动")
	b.Type("#unsigned [data-typed]", "护士长本人")
	b.Click("#unsigned button[type=submit].btn-accent")
	b.See("已签")
	b.NotSee("会签一：床头灯不亮", "会签二：插座松动")
	for _, at := range []string{one, two} {
		b.Go(house.srv.URL + at)
		b.See("已签单", "护士长本人")
	}
}

// A dispatcher on the telephone writes the call down and sends somebody, without
// taking a hand from the keys.
func TestADispatcherTakesACall(t *testing.T) {
	b := enter(t, dispatcher)
	b.Reach(`.heading a[href="/desk/call"]`)
	b.Key(kb.Enter)
	b.At("来电分机") // what the telephone shows
	b.Reach(`[name="title"]`)
	b.Key("电话报修：电梯异响")
	b.Reach(`[name="trade"]`)
	b.Key(" ")
	b.Reach(`[name="department"]`)
	b.Choose("心血管内科")
	b.Reach(`[name="caller"]`)
	b.Key("王护士")
	b.Reach(`[name="worker"]`)
	b.Choose("李欣建")
	b.Reach(`main form.form > .form-foot .btn-accent`)
	b.Key(kb.Enter)
	b.See("派工台", "电话报修：电梯异响", "李欣建")
}

// A technician in the basement: accept, arrive, finish with a part and a photo.
func TestATechnicianFinishesWithPartAndPhoto(t *testing.T) {
	demoHouse(t)
	at := reported(t, "走廊应急灯不亮，带照片")
	center := newWalker(t, doors(house.h.Site.Routes()), dispatcher)
	center.form(t, at+"/dispatch", "worker.id", center.picked(t, "workers", "李欣建"), "worker", "李欣建")
	photo := filepath.Join(t.TempDir(), "修后.png")
	if err := os.WriteFile(photo, dot(t), 0o600); err != nil {
		t.Fatal(err)
	}
	b := as(t, technician, Phone, "zh", false)
	b.See("走廊应急灯不亮，带照片")
	b.Go(house.srv.URL + at)
	b.Click("接单")
	b.Click("到场")
	b.Click("完工")
	b.Type("处理结果", "更换应急灯")
	b.Type("#step-finish [name='parts.0.item']", "10010")
	b.NotSee("10256")
	b.Click("[role=option]")
	b.Type("#step-finish [name='parts.0.qty']", "1")
	b.Type("从哪个库领料", "维修材料库")
	b.NotSee("总务库房")
	b.Click("[role=option]")
	b.Upload("#step-finish [name=photos]", photo)
	var held int // at once, before the picture is made smaller: no button moves under the finger
	b.Eval(`(() => { const seen = document.querySelector("#step-finish [data-seen]"); seen.textContent = "";
		document.querySelector("#step-finish [name=photos]").dispatchEvent(new Event("change", { bubbles: true })); return seen.offsetHeight; })()`, &held)
	if held < 80 {
		t.Errorf("a chosen photo's place is %d high at first", held)
	}
	b.Click("#step-finish button[type=submit]")
	b.See("待签单", "更换应急灯")
	var shown bool
	if b.Eval(`!![...document.querySelectorAll(".photos img")].find(i => i.alt.includes("修后"))`, &shown); !shown {
		t.Error("the photo is not on the job's page")
	}
}

// A storekeeper takes goods in and finds them on the stock card.
func TestAStorekeeperReceives(t *testing.T) {
	b := as(t, storekeeper, Desktop, "zh", false)
	b.Go(house.srv.URL + "/warehouse/receipts/new")
	pick := func(field, text string) {
		b.Click(`[name="` + field + `"]`)
		b.Choose(text)
	}
	pick("store", "总务库房")
	pick("supplier", "清河县洁康日化")
	b.Type("发票号", "04412345")
	pick("lines.0.item", "擦手纸")
	b.Type(`[name="lines.0.qty"]`, "3箱")
	b.Type(`[name="lines.0.amount"]`, "330")
	b.Click("form.form > .form-foot .btn-accent")
	b.See("入库单", "擦手纸", "330.00")
	number := regexp.MustCompile(`RK-\d{4}-\d{6}`).FindString(b.Text())
	b.Click(".table .row-link")
	b.See("擦手纸", number)
}

// The director sees the day, what is late, and takes the list along.
func TestADirectorSeesTheDay(t *testing.T) {
	b := as(t, director, Desktop, "zh", false)
	b.Go(house.srv.URL + "/desk/today")
	b.Click(`.figures a[href="/desk/jobs?late=1"]`)
	var answer struct {
		Status int
		Kind   string
		Size   int
	}
	b.Eval(`(async () => { const r = await fetch(document.querySelector('a[download][href*="format=xlsx"]').href);
		return {Status: r.status, Kind: r.headers.get("Content-Type"), Size: (await r.blob()).size} })()`, &answer)
	if answer.Status != 200 || !strings.Contains(answer.Kind, "spreadsheet") || answer.Size < 1000 {
		t.Errorf("the export is %+v", answer)
	}
}

// An auditor reads everything and is offered nothing that changes anything; what
// they try all the same is refused.
func TestAnAuditorChangesNothing(t *testing.T) {
	demoHouse(t)
	mux := doors(house.h.Site.Routes())
	w := newWalker(t, mux, auditor)
	found, _ := w.walk()
	routes := map[string]string{}
	for _, l := range found {
		routes[l.route] = l.at
	}
	for _, must := range []string{"GET /desk/jobs/{id}", "GET /warehouse/documents/{id}", "GET /warehouse/stock/{store}/{item}", "GET /asset-cards/{id}", "GET /people/{id}", "GET /suppliers/{id}", "GET /desk/costs"} {
		if routes[must] == "" {
			t.Errorf("no link leads the auditor to %s", must)
		}
	}
	b := as(t, auditor, Desktop, "zh", false)
	for route, at := range routes {
		if strings.HasPrefix(route, "GET /me") || strings.HasPrefix(route, "GET /ui") || notPages[route] != "" {
			continue // their own, and what is no page
		}
		b.Go(house.srv.URL + at)
		var forms []string
		b.Eval(`[...document.querySelectorAll("main form")].filter(f => f.method === "post").map(f => f.getAttribute("action"))`, &forms)
		for _, f := range forms {
			// What is one's own, a remark or an opinion, which stands in the trail under one's name, and
			// a look at what would be.
			if !slices.Contains([]string{"/views", "/approvals/delegations", "/messages/address", "/messages/seen"}, f) && !strings.HasSuffix(f, "/comment") && !strings.HasSuffix(f, "/opinion") && !strings.HasSuffix(f, "/preview") {
				t.Errorf("%s offers %s", at, f)
			}
		}
	}
	b.Tolerate("403")
	var status int
	b.Eval(`fetch("`+routes["GET /desk/jobs/{id}"]+`/cancel", {method: "POST", headers: {"Content-Type": "application/x-www-form-urlencoded"}, body: "text=x"}).then(r => r.status)`, &status)
	if status != 403 {
		t.Errorf("cancelling a job answers %d", status)
	}
}

// Three administrators: one makes the account, another gives the role, the third
// finds both in the trail.
func TestThreeAdministrators(t *testing.T) {
	admin := as(t, administrator, Desktop, "zh", false)
	admin.Go(house.srv.URL + "/people/new")
	admin.Type("工号", "9901")
	admin.Type("姓名", "新来者")
	admin.Click(`[name="department"]`)
	admin.Choose("心血管内科")
	admin.Click("form.form > .form-foot .btn-accent")
	admin.See("新来者", "还没有账号")
	person := admin.Location()
	admin.Click("details[data-name=account] > summary")
	admin.Click("#account button[type=submit]")
	admin.See("新来者")

	security := as(t, securityAdmin, Desktop, "zh", false)
	security.Go(strings.Split(person, "?")[0] + "/grants")
	security.Type("角色", "护士")
	security.Click("#grant button[type=submit]")
	security.See("护士", "有效")

	audit := as(t, auditAdmin, Desktop, "zh", false)
	audit.Go(house.srv.URL + "/audit")
	audit.See("新来者")
	audit.Click(".filters > summary")
	audit.Click(`input[name="noun"][value="people.grant"]`)
	audit.Click(".filter-box button[type=submit]")
	audit.See("授权", "新来者")
	audit.NotSee("开通账号")
}

// Without scripts a ward reports, the centre dispatches and the ward signs.
func TestWithoutScripts(t *testing.T) {
	plain := func(role string, size Size) *B {
		b := as(t, role, size, "zh", false)
		b.do("switching scripts off", func(ctx context.Context, tab *chromedp.Target) (none chromedp.Void, err error) {
			_, err = cdp.Call(ctx, tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
			return none, err
		})
		b.Reload()
		var scripted bool
		if b.Eval(`document.documentElement.classList.contains("js")`, &scripted); scripted {
			t.Fatal("scripts run")
		}
		return b
	}
	ward := plain(nurse, Phone)
	ward.Click("报修")
	ward.Click("电")
	ward.Type("故障内容", "没有脚本：换药室灯不亮")
	ward.Click("#report button[type=submit].btn-accent")
	ward.See("没有脚本：换药室灯不亮", "待派工")
	job := ward.Location()

	center := plain(dispatcher, Desktop)
	center.Go(job)
	center.Click("派工")
	center.Type("维修人", "李欣建")
	center.Click("#step-dispatch button[type=submit]")
	center.See("已派工", "李欣建")

	work := plain(technician, Phone)
	work.Go(job)
	work.Click("接单")
	work.Click("到场")
	work.Click("完工")
	work.Type("处理结果", "更换灯管")
	work.Click("#step-finish button[type=submit]")
	work.See("待签单")

	ward.Go(job)
	ward.Click("签单")
	ward.Type("或在此输入姓名", "黄艳兰")
	ward.Click("#step-sign button[type=submit]")
	ward.See("已签单", "黄艳兰")
}
