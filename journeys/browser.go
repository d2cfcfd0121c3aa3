// Package journeys watches a person use Houqin in a real browser: opening pages on
// a phone or a desk, in either language, clicking what reads so, typing, losing
// the network in a basement, and having every page checked for those who cannot
// see or hold a mouse. It drives Debian's chromium; the journeys are its tests.
package journeys

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// patience is how long a thing may take to come true. It is no measure of speed:
// the machine may be doing much else.
const patience = 30 * time.Second

// Size is a screen.
type Size struct {
	Width, Height int64
	Touch         bool
}

// The screens that pages are looked at on.
var (
	Phone   = Size{Width: 360, Height: 640, Touch: true}
	Tablet  = Size{Width: 820, Height: 1180, Touch: true}
	Desktop = Size{Width: 1440, Height: 900}
	Wall    = Size{Width: 1920, Height: 1080}
)

// B is one person's browser: one page, cookies of its own, a network of its own.
// What the page complains of in its console (errors, refusals of the security
// policy, resources that are not there) fails the test at its end.
type B struct {
	t    testing.TB
	ctx  context.Context
	wire *wire

	patience time.Duration

	mu         sync.Mutex
	loading    bool
	asked      string
	complaints []string
	tolerated  []string
	wasOffline bool
}

// Browser opens a fresh browser window for the test and closes it at its end. All
// tests of a process share one chromium. Where there is none the test is skipped,
// saying so; under HOUQIN_TEST_ALL=1 it fails.
func Browser(t testing.TB) *B {
	t.Helper()
	root, err := chromium()
	if errors.Is(err, errNone) && os.Getenv("HOUQIN_TEST_ALL") != "1" {
		t.Skipf("LEFT OUT, nothing of this was tried in a browser: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	b := &B{t: t, patience: patience}
	if b.wire, err = newWire(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(root, chromedp.WithNewBrowserContext(func(p *target.CreateBrowserContextParams) {
		p.ProxyServer = "socks5://" + b.wire.Addr()
		p.ProxyBypassList = "<-loopback>" // addresses on this machine go through it too
	}))
	b.ctx = ctx
	t.Cleanup(func() {
		if t.Failed() {
			b.portrait()
		}
		b.eval("0", nil) // what the page has said until now is heard
		cancel()
		b.wire.Close()
		for _, c := range b.Complaints() {
			t.Errorf("the page complained: %s", c)
		}
	})
	// With the window's own context: the one that opens it is the one it lives by.
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatalf("opening a window: %v", err)
	}
	return b
}

var errNone = errors.New("no chromium on the PATH; on Debian: apt-get install chromium fonts-noto-cjk")

var (
	stopping   sync.Mutex
	stopBrowse context.CancelFunc
)

// chromium starts the browser of this process.
var chromium = sync.OnceValues(func() (context.Context, error) {
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		return nil, errNone
	}
	dir, err := os.MkdirTemp("", "houqin-browser-")
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.UserDataDir(filepath.Join(dir, "profile")),
		chromedp.Env("TMPDIR="+dir), // where it leaves more than it takes away
		chromedp.NoSandbox,          // which root cannot use, nor most containers; only our own pages are opened
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("font-render-hinting", "none"),
		// Pages left are gone, as the tests expect; and no asking home.
		chromedp.Flag("disable-features", "BackForwardCache,Translate,AutofillServerCommunication,OptimizationHints,MediaRouter"),
	)
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(allocator)
	stopping.Lock()
	stopBrowse = func() {
		last, cancel := context.WithTimeout(ctx, patience)
		chromedp.Cancel(last) // closes as a person would
		cancel()
		stop()
		stopAllocator()
		os.RemoveAll(dir)
	}
	stopping.Unlock()
	if err := chromedp.Do(ctx); err != nil {
		return nil, fmt.Errorf("starting %s: %w", path, err)
	}
	return ctx, nil
})

// Stop ends the chromium of this process, if one was started, and removes its
// folder. TestMain calls it last.
func Stop() {
	stopping.Lock()
	defer stopping.Unlock()
	if stopBrowse != nil {
		stopBrowse()
		stopBrowse = nil
	}
}

// Open shows a page on a screen of that size, to a reader of lang (as in an
// Accept-Language header: "zh-CN", "en"), with dark colours if wanted.
func (b *B) Open(url string, size Size, lang string, dark bool) {
	b.t.Helper()
	b.do("saying who reads", func(ctx context.Context, tab *chromedp.Target) (none chromedp.Void, err error) {
		version, err := cdp.Call(ctx, tab, browser.GetVersion, cdp.Empty{})
		if err != nil {
			return none, err
		}
		_, err = cdp.Call(ctx, tab, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{
			UserAgent: strings.Replace(version.UserAgent, "Headless", "", 1), AcceptLanguage: lang})
		return none, err
	})
	b.Screen(size, dark)
	b.Go(url)
}

// Screen exchanges the screen, also under an open page, which is drawn anew on it.
func (b *B) Screen(size Size, dark bool) {
	b.t.Helper()
	scheme, scale := "light", 1.0
	if dark {
		scheme = "dark"
	}
	if size.Touch {
		scale = 2
	}
	b.do("setting the screen", func(ctx context.Context, tab *chromedp.Target) (none chromedp.Void, err error) {
		_, err1 := cdp.Call(ctx, tab, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: size.Width, Height: size.Height, DeviceScaleFactor: scale, Mobile: size.Touch})
		_, err2 := cdp.Call(ctx, tab, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: size.Touch})
		_, err3 := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme},
			{Name: "prefers-reduced-motion", Value: "reduce"}, // so that a thing stands where it is clicked
		}})
		return none, errors.Join(err1, err2, err3)
	})
}

// Go opens another page in the same window.
func (b *B) Go(url string) {
	b.t.Helper()
	b.do("opening "+url, func(ctx context.Context, tab *chromedp.Target) (chromedp.Void, error) {
		first, cancel := context.WithTimeout(ctx, patience/3)
		defer cancel()
		none, err := chromedp.Navigate(url)(first, tab)
		if err != nil && (strings.Contains(err.Error(), "net::ERR_ABORTED") || first.Err() != nil) {
			none, err = chromedp.Navigate(url)(ctx, tab) // the page was just going somewhere itself
		}
		return none, err
	})
	b.settle()
}

// Reload loads the page anew.
func (b *B) Reload() {
	b.t.Helper()
	b.do("reloading", chromedp.Reload())
	b.settle()
}

// Back goes back one page.
func (b *B) Back() {
	b.t.Helper()
	b.do("going back", chromedp.NavigateBack())
	b.settle()
}

// Location is the address of the page that is shown.
func (b *B) Location() (url string) {
	b.t.Helper()
	b.Eval("location.href", &url)
	return url
}

// Offline cuts the network of this window, open connections and those of service
// workers included, or joins it again. What the browser itself says of lost
// connections is no complaint from then on; what the page's scripts say is.
func (b *B) Offline(cut bool) {
	b.t.Helper()
	b.mu.Lock()
	b.wasOffline = b.wasOffline || cut
	b.mu.Unlock()
	b.wire.Cut(cut)
	b.do("telling the page of the network", func(ctx context.Context, tab *chromedp.Target) (none chromedp.Void, err error) {
		_, err = cdp.Call(ctx, tab, network.OverrideNetworkState, network.OverrideNetworkStateParams{
			Offline: cut, DownloadThroughput: -1, UploadThroughput: -1})
		return none, err
	})
}

// lose has the network be cut at a moment of the next post, and not come back.
func (b *B) lose(at moment) {
	b.mu.Lock()
	b.wasOffline = true
	b.tolerated = append(b.tolerated, "console: htmx:sendError", "console: htmx:afterRequest") // said when a part of a page is not fetched
	b.mu.Unlock()
	b.wire.Trap(at)
}

// Tolerate lets complaints pass that contain text: a test that provokes a refusal
// names it.
func (b *B) Tolerate(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tolerated = append(b.tolerated, text)
}

// Complaints are what the pages of this window have complained of so far.
func (b *B) Complaints() (all []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
next:
	for _, c := range b.complaints {
		for _, text := range b.tolerated {
			if strings.Contains(c, text) {
				continue next
			}
		}
		all = append(all, c)
	}
	return all
}

// Heard are the complaints since it was last asked; they are dealt with.
func (b *B) Heard() []string {
	b.Eval("0", nil) // what the page has said until now is heard
	all := b.Complaints()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.complaints = nil
	return all
}

// Cookie gives the browser a cookie of the page's address.
func (b *B) Cookie(url, name, value string) {
	b.t.Helper()
	b.do("keeping a cookie", func(ctx context.Context, tab *chromedp.Target) (none chromedp.Void, err error) {
		_, err = cdp.Call(ctx, tab, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: url})
		return none, err
	})
}

// Asked is the text of the last question that the page asked in a box of the
// browser's own (confirm, alert); each is answered with yes.
func (b *B) Asked() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.asked
}

func (b *B) complain(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.complaints = append(b.complaints, fmt.Sprintf(format, args...))
}

// hear runs inside the loop that reads the browser's messages: it must not ask
// the browser anything.
func (b *B) hear(event any) {
	switch e := event.(type) {
	case *page.EventFrameRequestedNavigation, *page.EventFrameStartedLoading:
		b.setLoading(true)
	case *page.EventFrameStoppedLoading:
		b.setLoading(false)
	case *page.EventFrameNavigated:
		b.mu.Lock()
		lost := b.wasOffline
		b.mu.Unlock()
		if e.Frame.UnreachableURL != "" && !lost {
			b.complain("cannot be reached, or is not on this machine: %s", e.Frame.UnreachableURL)
		}
	case *page.EventJavascriptDialogOpening:
		b.mu.Lock()
		b.asked = e.Message
		b.mu.Unlock()
		go chromedp.Call(b.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil && x.Description != "" {
			text = x.Description
		}
		b.complain("uncaught: %s (%s:%d)", text, e.ExceptionDetails.URL, e.ExceptionDetails.LineNumber+1)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			var said []string
			for _, a := range e.Args {
				var text string
				if a.Description != "" {
					text = a.Description
				} else if json.Unmarshal(a.Value, &text) != nil {
					text = string(a.Value)
				}
				said = append(said, text)
			}
			b.complain("console: %s", strings.Join(said, " "))
		}
	case *log.EventEntryAdded:
		b.mu.Lock()
		lost := b.wasOffline && e.Entry.Source == log.EntrySourceNetwork && strings.Contains(e.Entry.Text, "net::ERR_")
		b.mu.Unlock()
		if e.Entry.Level == log.EntryLevelError && !lost {
			b.complain("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	}
}

func (b *B) setLoading(loading bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.loading = loading
}

// do runs an action within the window's patience; failing ends the test.
func (b *B) do(what string, action chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, action); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

// portrait leaves a picture of a failed test, kept by go test -artifacts.
func (b *B) portrait() {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		path := filepath.Join(b.t.ArtifactDir(), fmt.Sprintf("failed-%s.png", strings.ReplaceAll(b.wire.Addr(), ":", "-")))
		if err = os.WriteFile(path, png, 0o644); err == nil {
			b.t.Logf("how the page looked: %s (go test -artifacts keeps it)", path)
		}
	}
	if err != nil {
		b.t.Logf("no picture of the page: %v", err)
	}
}
