package ui

import (
	"slices"
	"strings"

	"github.com/a-h/templ"
)

// Page is everything around the thing that is shown.
type Page struct {
	Words Words
	Lang  string // "zh" or "en"; also the lang attribute
	Theme string // "auto", "light" or "dark"

	Hospital string // short name, at the top left
	Title    string // of the window; default Heading
	Heading  string // what this page is about, its h1
	Sub      string // a second line below the heading
	Mark     *Mark  // state beside the heading
	Back     *Link  // where one came from
	Actions  []Action
	Tabs     []Link // several sides of the same thing

	SignedIn   bool
	Person     string // name
	Roles      string // "护士长 · 内一科"
	PersonHref string // own page; none when empty
	PersonID   string

	Keep bool     // a phone may keep this page, for this person, as last seen
	Also []string // addresses of pages to keep along with it

	Nav       []NavGroup
	Home      string // where the hospital's name leads; default "/"
	Find      string // address of the search through everything; no box when empty
	Found     string // what was searched for
	Languages []Link // Href is the language's code
	Look      string // posted to, with theme= or lang= and back=; default "/look"
	SignOut   string // posted to; default "/sign-out"
	Here      string // path and query of this page; what back= carries

	Flash []Note
	Live  []string // topics whose changes this page wants to hear of
	Body  templ.Component

	Narrow bool // a form or a text: one column of reading width
	Wide   bool // a board or a broad list: all the room there is
	Demo   bool // says that the data are invented
	Failed bool // an error page: what was typed before is not lost
}

// NavGroup is one floor of the building in the navigation.
type NavGroup struct {
	Label string // none for the first
	Items []NavItem
}

// NavItem is one door. The first four of all groups stand at the bottom of a phone.
type NavItem struct {
	Label, Href string
	Short       string // for the bar of a phone, at most four Chinese letters; default Label
	Icon        string
	Count       int  // what waits there; not shown when 0, "99+" above 99
	Late        bool // some of it is overdue: the count is red
	Current     bool
	Key         string // a function key that opens it from every page, such as F2
	Tells       bool   // what waits there was told to the person: 更多 of a phone counts it too
}

// Note is one message to the reader. It may lead somewhere.
type Note struct {
	Text string
	Tone Tone
	Link *Link
}

func (p Page) title() string {
	t := p.Title
	if t == "" {
		t = p.Heading
	}
	switch {
	case t == "":
		return p.Hospital
	case p.Hospital == "":
		return t
	}
	return t + " · " + p.Hospital
}

func (p Page) theme() string {
	if p.Theme == "light" || p.Theme == "dark" {
		return p.Theme
	}
	return "auto"
}

// tabs are the first doors, which a thumb reaches on a phone.
func (p Page) tabs() (first []NavItem) {
	for _, g := range p.Nav {
		for _, i := range g.Items {
			if len(first) < 4 {
				first = append(first, i)
			}
		}
	}
	return first
}

// told is what was told to the person behind the doors that a thumb does not reach.
func (p Page) told() (n int) {
	reached := p.tabs()
	for _, g := range p.Nav {
		for _, i := range g.Items {
			if i.Tells && !slices.ContainsFunc(reached, func(t NavItem) bool { return t.Href == i.Href }) {
				n += i.Count
			}
		}
	}
	return n
}

func (p Page) width() string {
	switch {
	case p.Narrow:
		return "page narrow"
	case p.Wide:
		return "page wide"
	}
	return "page"
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// htmxConfig keeps the page library within the content security policy, and
// keeps no copies of pages on a ward's shared computer.
const htmxConfig = `{"allowEval":false,"includeIndicatorStyles":false,"selfRequestsOnly":true,"attributesToSettle":["class","width","height"],"historyCacheSize":0,"refreshOnHistoryMiss":true,"scrollBehavior":"auto"}`

func also(addresses []string) string { return strings.Join(addresses, " ") }

func join(topics []string) string { return strings.Join(topics, ",") }
