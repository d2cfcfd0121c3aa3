package peopleweb

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/id"
	"houqin/internal/base/list"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/people"
)

// audit is the hospital's trail, for the audit administrator alone. What was looked
// for is written into it.
func (c *Counter) audit(r *web.Req) error {
	q := r.URL.Query()
	trail := c.trail()
	if !r.JSON() {
		// Actions are offered for the kinds chosen, else those that concern safety; one
		// left over from another choice is dropped.
		var nouns []string
		for _, n := range q["noun"] {
			nouns = append(nouns, strings.Split(n, ",")...)
		}
		if strings.Join(nouns, "") == "" {
			nouns = []string{"people"}
		}
		offered := c.deeds(nouns...)
		q["event"] = slices.DeleteFunc(q["event"], func(e string) bool { return !slices.Contains(offered, e) })
		if len(q["event"]) == 0 {
			q.Del("event")
		}
		r.URL.RawQuery = q.Encode()
		trail = people.Trail(nounsOf(kinds), offered)
	}
	looked := r.URL.RawQuery
	w, in := narrow(r, q)
	if in != nil {
		trail.Like = in
	}
	if looked != "" && !q.Has("after") && !q.Has("before") {
		if err := r.Do(func(tx *db.Tx) error { return people.Looked(r.Context(), tx, looked) }); err != nil {
			return err
		}
	}
	return r.List(trail, w, web.ListPage{Page: ui.Page{Tabs: auditTabs(r)}})
}

// searchedDays are how far back a text is looked for unless a day is named: it is
// compared with each line as it stands.
const searchedDays = 30

// narrow turns a typed text into what has an index, where it can: the id of a record,
// an address. Any other text is looked for in the last month, or from the day named.
func narrow(r *web.Req, q url.Values) (w list.Where, in []string) {
	text := strings.TrimSpace(q.Get("q"))
	_, err := netip.ParseAddr(text)
	switch {
	case text == "":
	case id.Valid(text):
		w, in = w.And("t.record = ?", text), []string{"t.record"}
	case err == nil:
		w, in = w.In("t.source", []string{"web " + text, "token " + text, "demo " + text}), []string{"t.source"}
	case q.Get("at.from") == "":
		q.Set("at.from", string(r.Site.DB.Today().AddDays(-searchedDays)))
	}
	r.URL.RawQuery = q.Encode()
	return people.Since(w, q.Get("at.from"), r.Site.DB.Zone), in
}

// trail is the list of deeds with every action of the house.
func (c *Counter) trail() *list.Of[people.Deed] {
	return people.Trail(nounsOf(kinds), c.deeds(""))
}

// kinds are the records of the house that the trail can be narrowed to, room by room.
var kinds = [][2]string{
	{"people", "account"}, {"people", "token"}, {"people", "grant"}, {"people", "role"}, {"people", "policy"}, {"people", "device"}, {"people", "person"}, {"people", "certificate"}, {"people", "audit"},
	{"desk", "job"}, {"desk", "complaint"}, {"desk", "price"}, {"desk", "notice"}, {"desk", "alarm"}, {"desk", "panel"}, {"desk", "code"}, {"desk", "kind"}, {"desk", "standing"}, {"desk", "settings"}, {"desk", "phone"}, {"desk", "roster"},
	{"purchasing", "need"}, {"purchasing", "plan"}, {"purchasing", "enquiry"}, {"purchasing", "order"}, {"purchasing", "price"},
	{"receiving", "receipt"}, {"receiving", "invoice"},
	{"requests", "request"}, {"requests", "tour"}, {"requests", "return"}, {"requests", "old"}, {"requests", "quota"}, {"requests", "day"},
	{"wardstores", "charge"}, {"wardstores", "count"}, {"wardstores", "loss"}, {"wardstores", "loan"}, {"wardstores", "back"},
	{"warehouse", "document"}, {"warehouse", "hold"}, {"warehouse", "close"}, {"warehouse", "custody"}, {"warehouse", "stock"}, {"warehouse", "store"},
	{"disposal", "slip"}, {"disposal", "scrap"}, {"disposal", "sale"},
	{"distribution", "list"},
	{"assets", "card"}, {"assets", "count"}, {"assets", "damage"},
	{"counting", "count"}, {"counting", "sheet"}, {"counting", "plan"},
	{"catalog", "item"}, {"catalog", "class"},
	{"suppliers", "supplier"}, {"suppliers", "complaint"},
	{"departments", "department"}, {"departments", "campus"},
	{"places", "place"},
	{"rules", "clause"},
	{"calendar", "exception"},
	{"files", "file"},
	{"approvals", "case"}, {"approvals", "route"}, {"approvals", "post"}, {"approvals", "delegation"}, {"approvals", "debt"},
	{"messages", "channel"}, {"messages", "delivery"}, {"messages", "address"}, {"messages", "note"},
	{"base", "job"}, {"base", "setting"}, {"base", "view"}, {"base", "export"}, {"base", "database"}, {"base", "event"},
	{"intake", "import"},
}

func nounsOf(kinds [][2]string) (nouns []string) {
	for _, k := range kinds {
		nouns = append(nouns, k[0]+"."+k[1])
	}
	return nouns
}

// deeds are the events of these kinds, or of a whole room, that the house has words
// for; "" stands for all.
func (c *Counter) deeds(of ...string) (deeds []string) {
	for _, key := range c.book.Keys() {
		deed, ok := strings.CutPrefix(key, "did.")
		if ok && slices.ContainsFunc(of, func(o string) bool { return o == "" || strings.HasPrefix(deed, o+".") }) {
			deeds = append(deeds, deed)
		}
	}
	return deeds
}
