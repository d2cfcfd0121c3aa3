package webtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

const reportPage = `<!doctype html><html lang="zh"><head><title>报修</title></head><body>
<nav><a href="/jobs">工单<b>12</b></a> <a href="/away">走</a> <a aria-label="设置" href="settings?x=1"><svg></svg></a></nav>
<p hidden>看不见</p><template>模板</template><noscript>没有脚本也行</noscript>
<form id="report" method="post" enctype="multipart/form-data" action="/report">
  <input type="hidden" name="version" value="7">
  <label for="w">什么坏了</label><input id="w" name="what" placeholder="例如：灯不亮">
  <textarea name="more">
旧话</textarea>
  <select name="place"><option value="">选地点</option><optgroup label="住院楼"><option value="p3" selected>三病区</option><option value="p4">四病区</option></optgroup><option value="p9" disabled>已停用</option></select>
  <label><input type="radio" name="urgency" value="1" checked>一般</label><label><input type="radio" name="urgency" value="2">紧急</label>
  <input type="hidden" name="call" value="no"><input type="checkbox" name="call">
  <input type="checkbox" name="trade" value="水"><input type="checkbox" name="trade" value="电" checked><input type="checkbox" name="trade" value="木">
  <input name="line" value="一"><input name="line" value="二">
  <input name="number" value="BX-1" readonly><input name="closed" disabled value="x">
  <fieldset disabled><input name="grouped" value="x"></fieldset>
  <input type="file" name="photo">
  <button name="act" value="save">保存</button>
  <button name="act" value="send">报修</button>
  <button name="act" value="draft" formaction="/draft" aria-label="存草稿"><svg></svg></button>
  <button type="button" name="act" value="x">扫码</button>
  <button disabled>签收</button>
</form>
<input name="outside" form="report" value="o">
<form action="/search"><input name="q"><input type="submit" value="查找"></form>
<button>孤儿</button>
</body></html>`

func htmlPage(w http.ResponseWriter, format string, args ...any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, format, args...)
}

// site is a small site that shows what was sent to it.
func site() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /report", func(w http.ResponseWriter, r *http.Request) { htmlPage(w, "%s", reportPage) })
	echo := func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(1 << 20); err != nil && r.ParseForm() != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if r.Form.Get("what") == "不行" {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusUnprocessableEntity)
			fmt.Fprint(w, "<p class=error>请写明</p>")
			return
		}
		var files string
		if r.MultipartForm != nil {
			for field, hs := range r.MultipartForm.File {
				f, _ := hs[0].Open()
				b, _ := io.ReadAll(f)
				files += fmt.Sprintf(" %s:%s:%s", field, hs[0].Filename, b)
			}
		}
		http.SetCookie(w, &http.Cookie{Name: "__Host-said", Value: url.QueryEscape(r.URL.Path + "?" + r.Form.Encode() + files + " " + r.Header.Get("Origin")), Path: "/", Secure: true})
		http.Redirect(w, r, "/said", http.StatusSeeOther)
	}
	mux.HandleFunc("POST /report", echo)
	mux.HandleFunc("POST /draft", echo)
	mux.HandleFunc("GET /said", func(w http.ResponseWriter, r *http.Request) {
		c, err := r.Cookie("__Host-said")
		if err != nil {
			http.Error(w, "nothing said", http.StatusForbidden)
			return
		}
		said, _ := url.QueryUnescape(c.Value)
		http.SetCookie(w, &http.Cookie{Name: "__Host-said", Path: "/", MaxAge: -1, Secure: true})
		htmlPage(w, "<p id=said></p><pre>%s</pre>", strings.ReplaceAll(said, "&", "&amp;"))
	})
	mux.HandleFunc("GET /search", func(w http.ResponseWriter, r *http.Request) { htmlPage(w, "<p>%s", r.URL.RawQuery) })
	mux.HandleFunc("GET /settings", func(w http.ResponseWriter, r *http.Request) { htmlPage(w, "<h1>设置</h1>") })
	mux.HandleFunc("GET /away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://elsewhere.example/", http.StatusSeeOther)
	})
	mux.HandleFunc("POST /api", func(w http.ResponseWriter, r *http.Request) {
		var in map[string]any
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		in["accept"], in["token"] = r.Header.Get("Accept"), r.Header.Get("Authorization")
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(in)
	})
	mux.HandleFunc("GET /sloppy", func(w http.ResponseWriter, r *http.Request) {
		htmlPage(w, `<p id=a style="color:red" onclick="x()">x<p id=a><script>x()</script><script type="application/json">{}</script><a href="JavaScript:x()" hx-on:click="y()">y</a>`)
	})
	return http.NewCrossOriginProtection().Handler(mux)
}

func TestRun(t *testing.T) {
	Run(t, site(),
		Call{URL: "/report", See: []string{"报修", "例如：灯不亮", "工单12", "没有脚本也行", "什么坏了"}, NotSee: []string{"看不见", "模板", "BX-2"}},
		Call{URL: "/said", Want: 403, See: []string{"nothing said"}},
		Call{URL: "/report", Form: url.Values{"what": {"灯"}}, Want: 303, Location: "/said"},
		Call{Name: "cookie was kept", URL: "/said", See: []string{"/report?what=%E7%81%AF"}},
		Call{Name: "cookie was taken back", URL: "/said", Want: 403},
		Call{Name: "cookie of one call", URL: "/said", Cookie: map[string]string{"__Host-said": "x"}, See: []string{"x"}},
		Call{URL: "/report", Form: url.Values{"what": {"灯"}}, Header: map[string]string{"Sec-Fetch-Site": "cross-site"}, Want: 403},
		Call{URL: "/api", JSON: map[string]any{"item": "灯管"}, Header: map[string]string{"Authorization": "Bearer t"},
			Check: func(t testing.TB, p *Page) {
				var out struct{ Item, Accept, Token string }
				p.JSON(&out)
				if out.Item != "灯管" || out.Accept != "application/json" || out.Token != "Bearer t" {
					t.Errorf("got %+v", out)
				}
			}},
		Call{URL: "/api", Body: "{", Header: map[string]string{"Content-Type": "application/json"}, Want: 400},
		Call{Method: "DELETE", URL: "/api", Want: 405},
	)
}

func TestPress(t *testing.T) {
	untouched := func(change ...string) url.Values {
		v := url.Values{"version": {"7"}, "what": {""}, "more": {"旧话"}, "place": {"p3"}, "urgency": {"1"}, "call": {"no"},
			"trade": {"电"}, "line": {"一", "二"}, "number": {"BX-1"}, "act": {"send"}, "outside": {"o"}}
		for i := 0; i < len(change); i += 2 {
			v[change[i]] = strings.Fields(change[i+1])
		}
		return v
	}
	for _, c := range []struct {
		name, button string
		fill         Fill
		files        []File
		to           string
		want         url.Values
		also         string
	}{
		{name: "untouched", button: "报修", want: untouched()},
		{name: "other button", button: "保存", want: untouched("act", "save")},
		{name: "by selector", button: "form button[value=save]", want: untouched("act", "save")},
		{name: "by label, elsewhere", button: "存草稿", to: "/draft", want: untouched("act", "draft")},
		{name: "text", button: "报修", fill: Fill{"what": {"灯不亮"}, "more": nil}, want: untouched("what", "灯不亮", "more", "")},
		{name: "choice by value", button: "报修", fill: Fill{"place": {"p4"}}, want: untouched("place", "p4")},
		{name: "choice by text", button: "报修", fill: Fill{"place": {"四病区"}}, want: untouched("place", "p4")},
		{name: "radio", button: "报修", fill: Fill{"urgency": {"2"}}, want: untouched("urgency", "2")},
		{name: "check", button: "报修", fill: Fill{"call": {"on"}}, want: untouched("call", "no on")},
		{name: "check two", button: "报修", fill: Fill{"trade": {"木", "水"}}, want: untouched("trade", "水 木")},
		{name: "uncheck", button: "报修", fill: Fill{"trade": nil}, want: untouched("trade", "")},
		{name: "first line only", button: "报修", fill: Fill{"line": {"甲"}}, want: untouched("line", "甲 二")},
		{name: "both lines", button: "报修", fill: Fill{"line": {"甲", "乙"}}, want: untouched("line", "甲 乙")},
		{name: "photo", button: "报修", files: []File{{Field: "photo", Name: "灯.jpg", Body: []byte("jpg")}}, want: untouched(), also: "photo:灯.jpg:jpg"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for k, v := range c.want {
				if len(v) == 0 && k == "more" {
					c.want[k] = []string{""}
				}
			}
			to := c.to
			if to == "" {
				to = "/report"
			}
			p := New(t, site()).Get("/report").Press(c.button, c.fill, c.files...)
			p.In("pre", to+"?"+c.want.Encode()).In("pre", c.also).In("pre", Origin)
		})
	}
	t.Run("refused", func(t *testing.T) {
		New(t, site()).Get("/report").PressWant(422, "报修", Fill{"what": {"不行"}}).In(".error", "请写明")
	})
	t.Run("search", func(t *testing.T) {
		New(t, site()).Get("/report").Press("查找", Fill{"q": {"灯"}}).In("p", "q=%E7%81%AF")
	})
	t.Run("link", func(t *testing.T) {
		New(t, site()).Get("/report").Follow("设置").In("h1", "设置")
	})
}

func TestInput(t *testing.T) {
	p := New(t, site()).Get("/report")
	for name, want := range map[string]string{
		"version": "7", "what": "", "more": "旧话", "place": "p3", "urgency": "1", "trade": "电", "call": "no", "number": "BX-1",
	} {
		if got := p.Input(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if n := p.Count("nav a"); n != 3 {
		t.Errorf("%d links, want 3", n)
	}
	if a := p.Attr("nav a", "href"); a != "/jobs" {
		t.Errorf("leads to %q", a)
	}
}

// noted is a test that notes its failures instead of failing.
type noted struct {
	testing.TB
	said []string
}

func (n *noted) Helper()                      {}
func (n *noted) Errorf(s string, args ...any) { n.said = append(n.said, fmt.Sprintf(s, args...)) }
func (n *noted) Fatalf(s string, args ...any) { n.Errorf(s, args...); runtime.Goexit() }

// A test that cannot fail is a defect: each of these must.
func TestFailures(t *testing.T) {
	was := *update
	t.Cleanup(func() { *update = was })
	*update = false // go test -update must not take over the wrong texts below
	for _, c := range []struct {
		name string
		do   func(c *Client)
		say  string
	}{
		{"status", func(c *Client) { c.Do(Call{URL: "/said"}) }, "status 403, want 200"},
		{"location", func(c *Client) { c.Do(Call{Method: "POST", URL: "/report", Want: 303, Location: "/x"}) }, `leads to "/said", want "/x"`},
		{"get", func(c *Client) { c.Get("/nowhere") }, "status 404"},
		{"leads away", func(c *Client) { c.Get("/away") }, "elsewhere.example"},
		{"see", func(c *Client) { c.Get("/report").See("看不见") }, `"看不见" is not there`},
		{"not see", func(c *Client) { c.Get("/report").NotSee("什么坏了") }, `"什么坏了" is there`},
		{"in", func(c *Client) { c.Get("/report").In("nav a", "报修") }, `no nav a reads "报修"`},
		{"not in", func(c *Client) { c.Get("/report").NotIn("nav a", "工单") }, "nav a reads"},
		{"no field", func(c *Client) { c.Get("/report").Input("x") }, `no field "x"`},
		{"bad selector", func(c *Client) { c.Get("/report").Count("a[") }, "selector"},
		{"fill what is not there", func(c *Client) { c.Get("/report").Press("报修", Fill{"x": {"1"}}) }, `no field "x"`},
		{"fill hidden", func(c *Client) { c.Get("/report").Press("报修", Fill{"version": {"8"}}) }, `no field "version"`},
		{"fill readonly", func(c *Client) { c.Get("/report").Press("报修", Fill{"number": {"8"}}) }, `no field "number"`},
		{"fill disabled", func(c *Client) { c.Get("/report").Press("报修", Fill{"closed": {"8"}}) }, `no field "closed"`},
		{"fill disabled group", func(c *Client) { c.Get("/report").Press("报修", Fill{"grouped": {"8"}}) }, `no field "grouped"`},
		{"choice not offered", func(c *Client) { c.Get("/report").Press("报修", Fill{"place": {"p5"}}) }, "cannot be entered"},
		{"choice closed", func(c *Client) { c.Get("/report").Press("报修", Fill{"place": {"p9"}}) }, "cannot be entered"},
		{"radio not offered", func(c *Client) { c.Get("/report").Press("报修", Fill{"urgency": {"3"}}) }, "cannot be entered"},
		{"too many", func(c *Client) { c.Get("/report").Press("报修", Fill{"what": {"a", "b"}}) }, "cannot be entered"},
		{"no button", func(c *Client) { c.Get("/report").Press("派工", nil) }, `0 times "派工"`},
		{"button that sends nothing", func(c *Client) { c.Get("/report").Press("扫码", nil) }, `0 times "扫码"`},
		{"closed button", func(c *Client) { c.Get("/report").Press("签收", nil) }, "disabled"},
		{"orphan", func(c *Client) { c.Get("/report").Press("孤儿", nil) }, "stands in no form"},
		{"no file field", func(c *Client) { c.Get("/report").Press("查找", nil, File{Field: "photo"}) }, "no file field"},
		{"style attribute", func(c *Client) { c.Get("/sloppy") }, "style="},
		{"event attribute", func(c *Client) { c.Get("/sloppy") }, "onclick="},
		{"htmx event attribute", func(c *Client) { c.Get("/sloppy") }, "hx-on:click="},
		{"script address", func(c *Client) { c.Get("/sloppy") }, "scripts in addresses"},
		{"inline script", func(c *Client) { c.Get("/sloppy") }, "<script> in the page"},
		{"id twice", func(c *Client) { c.Get("/sloppy") }, `id "a" stands twice`},
		{"golden", func(c *Client) { Golden(c.t, "said.txt", "other") }, "said.txt differs"},
		{"golden missing", func(c *Client) { Golden(c.t, "missing.txt", "x") }, "go test -update"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := &noted{TB: t}
			var wg sync.WaitGroup
			wg.Go(func() { c.do(New(n, site())) })
			wg.Wait()
			if all := strings.Join(n.said, "\n"); !strings.Contains(all, c.say) {
				t.Errorf("said %q, want %q", all, c.say)
			}
		})
	}
	n := &noted{TB: t}
	New(n, site()).Get("/sloppy")
	if len(n.said) != 6 {
		t.Errorf("a data block is no script; said %q", n.said)
	}
}

func TestGolden(t *testing.T) {
	Golden(t, "said.txt", "灯不亮\n")
	t.Run("update", func(t *testing.T) {
		t.Chdir(t.TempDir())
		was := *update
		t.Cleanup(func() { *update = was })
		*update = true
		Golden(t, "deep/new.txt", "新\n")
		*update = false
		Golden(t, "deep/new.txt", "新\n")
		if b, err := os.ReadFile(filepath.Join("testdata", "deep", "new.txt")); err != nil || string(b) != "新\n" {
			t.Errorf("wrote %q, %v", b, err)
		}
	})
}
