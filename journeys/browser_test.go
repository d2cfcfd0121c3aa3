package journeys

import (
	"bytes"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

const wardPage = `<!doctype html><html lang="%[1]s"><head><meta charset="utf-8"><title>病区</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/ward.css"><link rel="icon" href="data:,">
<script src="/ward.js" defer></script></head><body><main>
<h1>三病区</h1><p id="lang">%[1]s</p><p id="scheme"></p><p id="net"></p><p id="far" hidden>藏着</p>
<form action="/said" method="post" enctype="multipart/form-data">
<label for="what">什么坏了 *</label><input id="what" name="what" value="旧话">
<label for="place">地点</label><select id="place" name="place"><option value="1">一病区</option><option value="3">三病区</option></select>
<label>日期 <input type="date" name="day"></label>
<label>照片 <input type="file" name="photo"></label>
<label><input type="checkbox" name="urgent"> 紧急</label>
<button>报修</button> <button disabled>签收</button>
</form>
<button type="button" id="wait">稍后</button> <button type="button" id="ask">删除</button> <button type="button" id="fetch">取数</button>
<p><a href="/slow">慢页</a></p><p><a href="/two">二</a></p><p><a href="/three">二</a></p>
<table><tr id="row"><td>BX-1</td><td>灯不亮</td></tr></table><div id="cover"><button type="button">盖住的</button><span></span></div>
<p id="out"></p></main></body></html>`

const wardScript = `
const $ = id => document.getElementById(id), say = s => { $("out").textContent = s };
$("scheme").textContent = matchMedia("(prefers-color-scheme: dark)").matches ? "夜" : "昼";
const net = () => { $("net").textContent = navigator.onLine ? "有网" : "断网" };
net(); addEventListener("online", net); addEventListener("offline", net);
$("wait").onclick = () => setTimeout(() => say("等到了"), 300);
$("ask").onclick = () => say(confirm("真的删除吗") ? "删了" : "没删");
$("row").onclick = () => say("开行");
$("fetch").onclick = () => fetch("/data").then(r => r.text()).then(say, () => say("取不到"));
$("what").addEventListener("keydown", e => { if (e.key === "Enter") { e.preventDefault(); say("扫到 " + e.target.value) } });
`

// ward is a small site with the security policy of the real one.
func ward(t *testing.T) string {
	mux := http.NewServeMux()
	show := func(pattern, kind, body string) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind+"; charset=utf-8")
			w.Header().Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:")
			io.WriteString(w, strings.ReplaceAll(body, "%[1]s", r.Header.Get("Accept-Language")))
		})
	}
	page := func(body string) string {
		return `<!doctype html><html lang="zh-CN"><head><title>页</title><link rel="icon" href="data:,"></head><body><main><h1>页</h1>` + body + `</main></body></html>`
	}
	show("GET /{$}", "text/html", wardPage)
	show("GET /ward.js", "text/javascript", wardScript)
	show("GET /sw.js", "text/javascript", `
		addEventListener("install", e => e.waitUntil(caches.open("v").then(c => c.addAll(["/", "/ward.js", "/ward.css"])).then(() => skipWaiting())));
		addEventListener("activate", e => e.waitUntil(clients.claim()));
		addEventListener("fetch", e => e.respondWith(fetch(e.request).catch(() => caches.match(e.request).then(r => r || Response.error()))));`)
	show("GET /data", "text/plain", "数据")
	show("GET /ward.css", "text/css", `body{font:16px/1.6 sans-serif} @page{size:A5} #cover{position:relative} #cover span{position:absolute;inset:0}
		@media (prefers-color-scheme: dark){body{background:#111;color:#eee}}`)
	show("GET /bad", "text/html", `<!doctype html><html><head><link rel="icon" href="data:,"></head><body><img src="/ward.css"><input></body></html>`)
	show("GET /inline", "text/html", page(`<p id="p">静</p><script>document.getElementById("p").textContent = "动"</script>`))
	show("GET /throws", "text/html", page(`<script src="/throws.js"></script>`))
	show("GET /throws.js", "text/javascript", `console.error("说错", 7); console.warn("不算"); setTimeout(() => { null.x }, 0); setTimeout(() => { document.title = "完" }, 50)`)
	show("GET /missing", "text/html", page(`<img src="/nothing.png" alt="图">`))
	show("GET /outside", "text/html", page(`<a href="http://hospital.example/">外面</a>`))
	show("GET /wide", "text/html", page(`<pre>`+strings.Repeat("宽", 200)+`</pre>`))
	mux.HandleFunc("GET /slow", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<!doctype html><title>慢</title><p>前半")
		w.(http.Flusher).Flush()
		<-r.Context().Done() // never whole, unless the wire is cut
	})
	mux.HandleFunc("POST /said", func(w http.ResponseWriter, r *http.Request) {
		var photo []byte
		if f, _, err := r.FormFile("photo"); err == nil {
			photo, _ = io.ReadAll(f)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<link rel="icon" href="data:,"><p>收到：%s；%s；%s；%s；%s</p>`, r.FormValue("what"), r.FormValue("place"), r.FormValue("day"), r.FormValue("urgent"), photo)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	t.Cleanup(s.CloseClientConnections)
	return s.URL
}

func TestAPersonReports(t *testing.T) {
	b := Browser(t)
	b.Open(ward(t), Desktop, "zh-CN", false)
	b.See("三病区", "zh-CN", "昼", "旧话", "有网")
	b.NotSee("藏着")
	photo := filepath.Join(t.TempDir(), "灯.txt")
	if err := os.WriteFile(photo, []byte("一张照片"), 0o644); err != nil {
		t.Fatal(err)
	}
	b.Type("什么坏了", "走廊灯不亮 3F")
	b.Type("地点", "三病区")
	b.Type("日期", "2026-11-21")
	b.Upload("照片", photo)
	b.Click("紧急")
	b.Click("报修")
	b.See("收到：走廊灯不亮 3F；3；2026-11-21；on；一张照片")
	b.Back()
	b.See("三病区")
}

func TestHands(t *testing.T) {
	b := Browser(t)
	b.Open(ward(t), Desktop, "zh-CN", false)
	b.Click("稍后")
	b.See("等到了")
	b.Click("灯不亮") // a row is clicked by what it reads
	b.See("开行")
	b.Click("删除")
	b.See("删了")
	if q := b.Asked(); q != "真的删除吗" {
		t.Errorf("asked %q", q)
	}
	b.Type("what", "6901234567892"+kb.Enter) // as a scanner does
	b.See("扫到 6901234567892")
	b.Type("#what", "")
	b.Key("A")
	var value string
	b.Eval(`document.getElementById("what").value`, &value)
	if value != "A" {
		t.Errorf("the field holds %q, want what was typed in place of the rest", value)
	}
}

func TestOnAPhoneAtNight(t *testing.T) {
	b := Browser(t)
	b.Open(ward(t), Phone, "en", true)
	b.See("夜", "en")
	b.NotSee("zh-CN")
	var width, touch int
	b.Eval("innerWidth", &width)
	b.Eval("navigator.maxTouchPoints", &touch)
	if width != 360 || touch == 0 {
		t.Errorf("width %d, touch points %d", width, touch)
	}
	b.Click("紧急")
	b.Fits()
	dir := filepath.Join(t.TempDir(), "new")
	b.Screenshot(filepath.Join(dir, "night.png"))
	b.PDF(filepath.Join(dir, "night.pdf"))
	picture, err := os.ReadFile(filepath.Join(dir, "night.png"))
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	if r, _, _, _ := img.At(1, 1).RGBA(); img.Bounds().Dx() != 720 || r > 0x4000 {
		t.Errorf("picture %v, corner %x: want 720 wide and dark", img.Bounds(), r)
	}
	pdf, err := os.ReadFile(filepath.Join(dir, "night.pdf"))
	if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Errorf("no PDF: %v", err)
	}
}

func TestOffline(t *testing.T) {
	b := Browser(t)
	b.Open(ward(t), Phone, "zh-CN", false)
	b.Click("取数")
	b.See("数据")
	b.Offline(true)
	b.See("断网")
	b.Click("取数")
	b.See("取不到")
	b.Offline(false)
	b.See("有网")
	b.Click("取数")
	b.See("数据")
}

// A service worker has a connection of its own, which must be cut as well.
func TestOfflineInTheBasement(t *testing.T) {
	b := Browser(t)
	b.Open(ward(t), Phone, "zh-CN", false)
	b.Eval(`new Promise(r => { navigator.serviceWorker.oncontrollerchange = () => r(); navigator.serviceWorker.register("/sw.js") })`, nil)
	b.Click("取数")
	b.See("数据")
	b.Offline(true)
	b.Reload()
	b.See("三病区", "断网")
	b.Click("取数")
	b.See("取不到")
	b.Offline(false)
	b.Click("取数")
	b.See("数据")
}

func TestEachBrowserIsSomebodyElse(t *testing.T) {
	url := ward(t)
	one, other := Browser(t), Browser(t)
	one.Open(url, Desktop, "zh-CN", false)
	other.Open(url, Desktop, "zh-CN", false)
	one.Eval(`document.cookie = "who=one"`, nil)
	var cookies string
	other.Eval(`document.cookie`, &cookies)
	if cookies != "" {
		t.Errorf("the other has the cookies %q", cookies)
	}
	one.Offline(true)
	other.Click("取数")
	other.See("数据")
}

func TestAxe(t *testing.T) {
	b := Browser(t)
	b.Open(ward(t), Desktop, "zh-CN", false)
	b.Accessible()
	b.Go(b.Location() + "bad")
	b.Tolerate("ward.css")
	found := map[string]bool{}
	for _, v := range b.Axe() {
		found[v.ID] = len(v.Nodes) > 0 && v.Help != ""
	}
	for _, id := range []string{"html-has-lang", "image-alt", "label", "document-title"} {
		if !found[id] {
			t.Errorf("axe did not find %s; it found %v", id, found)
		}
	}
}

// noted is a test that notes its failures instead of failing.
type noted struct {
	testing.TB
	said     []string
	cleanups []func()
}

func (n *noted) Helper()                      {}
func (n *noted) Failed() bool                 { return len(n.said) > 0 }
func (n *noted) Logf(s string, args ...any)   {}
func (n *noted) Cleanup(f func())             { n.cleanups = append(n.cleanups, f) }
func (n *noted) Errorf(s string, args ...any) { n.said = append(n.said, fmt.Sprintf(s, args...)) }
func (n *noted) Fatalf(s string, args ...any) { n.Errorf(s, args...); runtime.Goexit() }

// What must fail a test does.
func TestFailures(t *testing.T) {
	url := ward(t)
	for _, c := range []struct {
		name, path string
		do         func(b *B)
		say        string
		hurry      bool // it waits in vain
	}{
		{"inline script", "/inline", func(b *B) { b.See("静") }, "Content Security Policy", false},
		{"console error", "/throws", func(b *B) { b.See("完") }, "console: 说错 7", false},
		{"exception", "/throws", func(b *B) { b.See("完") }, "uncaught: TypeError", false},
		{"missing picture", "/missing", func(b *B) {}, "404", false},
		{"outside", "/outside", func(b *B) { b.Click("外面") }, "not on this machine: http://hospital.example/", false},
		{"outside picture", "/outside", func(b *B) {
			b.Eval(`new Promise(r => { const i = new Image(); i.onerror = r; i.src = "http://hospital.example/i.png" })`, nil)
		}, "hospital.example/i.png", false},
		{"too wide", "/wide", func(b *B) { b.Fits() }, "wider than the screen", false},
		{"not accessible", "/inline", func(b *B) { b.Eval(`document.documentElement.lang = ""`, nil); b.Accessible() }, "html-has-lang", false},
		{"see", "/", func(b *B) { b.See("藏着") }, `"藏着" cannot be read`, true},
		{"not see", "/", func(b *B) { b.NotSee("三病区") }, `"三病区" can be read`, true},
		{"click nothing", "/", func(b *B) { b.Click("派工") }, "it is not there", true},
		{"click one of two", "/", func(b *B) { b.Click("二") }, "2 such things", true},
		{"click disabled", "/", func(b *B) { b.Click("签收") }, "it is disabled", true},
		{"click covered", "/", func(b *B) { b.Click("盖住的") }, "it is covered by <span>", true},
		{"no such choice", "/", func(b *B) { b.Type("地点", "九病区") }, "0 choices", true},
		{"no such day", "/", func(b *B) { b.Type("日期", "明天") }, "nothing that a date can be", true},
		{"never whole", "/", func(b *B) { b.Click("慢页") }, "does not come to rest", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := &noted{TB: t}
			var wg sync.WaitGroup
			wg.Go(func() {
				b := Browser(n)
				b.Open(url+c.path, Desktop, "zh-CN", false)
				if c.hurry {
					b.patience = patience / 20
				}
				c.do(b)
			})
			wg.Wait()
			for _, f := range n.cleanups {
				f()
			}
			if all := strings.Join(n.said, "\n"); !strings.Contains(all, c.say) {
				t.Errorf("said %q, want %q", all, c.say)
			}
		})
	}
}

func TestTolerate(t *testing.T) {
	b := Browser(t)
	b.Tolerate("说错")
	b.Tolerate("TypeError")
	b.Open(ward(t)+"/throws", Desktop, "zh-CN", false)
	b.See("完")
	if c := b.Complaints(); len(c) != 0 {
		t.Errorf("complaints that the test tolerates: %q", c)
	}
}
