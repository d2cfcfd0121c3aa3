package hospital

import (
	"slices"

	"houqin/internal/approvals"
	"houqin/internal/approvals/approvalsweb"
	"houqin/internal/assets"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/calendar"
	"houqin/internal/catalog"
	"houqin/internal/counting"
	"houqin/internal/desk"
	"houqin/internal/desk/deskweb"
	"houqin/internal/disposal"
	"houqin/internal/distribution"
	"houqin/internal/inbox/inboxweb"
	"houqin/internal/intake"
	"houqin/internal/messages"
	"houqin/internal/messages/messagesweb"
	"houqin/internal/people"
	"houqin/internal/purchasing"
	"houqin/internal/receiving"
	"houqin/internal/requests"
	"houqin/internal/suppliers"
	"houqin/internal/wardstores"
	"houqin/internal/warehouse"
)

// door is one entry of the navigation that shows no count.
type door struct {
	group, label, href, icon string
	may                      []string // any of these; none = everybody
}

// doors follow those of the desk, in the order of the work; for who works in the stores
// these stand before them. The first four doors stand at the bottom of a phone.
var doors = []door{
	{"stores", "requests.mine", "/requests/mine", "shopping-cart", []string{requests.MayAsk}},
	{"stores", "wardstores.mine", "/ward-store", "package", []string{wardstores.MayUse}},
	{"stores", "requests.counter", "/requests/counter", "checklist", []string{requests.MayServe}},
	{"stores", "warehouse.counter", "/warehouse", "building-warehouse", []string{warehouse.MayReceive, warehouse.MayIssue}},
	{"stores", "receiving.gate", "/receiving", "truck-delivery", []string{receiving.MaySee}},
	{"stores", "requests.list", "/requests", "clipboard-list", []string{requests.MaySee, requests.MayServe, requests.MayArrange}},
	{"stores", "wardstores.stores", "/ward-stores", "home", []string{wardstores.MaySee, wardstores.MayReconcile, wardstores.MayAudit}},
	{"stores", "warehouse.stock", "/warehouse/stock", "packages", []string{warehouse.MaySee}},
	{"stores", "warehouse.receipts", "/warehouse/receipts", "receipt", []string{warehouse.MaySee}},
	{"stores", "warehouse.issues", "/warehouse/issues", "send", []string{warehouse.MaySee}},
	{"stores", "desk.old", "/desk/old", "refresh", []string{warehouse.MayIssue}},
	{"stores", "warehouse.registers", "/warehouse/checks", "clipboard-check", []string{warehouse.MayIssue, warehouse.MayKeep}},
	{"stores", "warehouse.figures", "/warehouse/figures", "chart-bar", []string{warehouse.MaySee}},
	{"stores", "warehouse.closes", "/warehouse/closes", "lock", []string{warehouse.MayClose, warehouse.MayAgree}},
	{"stores", "warehouse.consumption", "/warehouse/consumption", "report-money", []string{warehouse.MaySee}},
	{"stores", "purchasing.home", "/purchasing", "report-money", []string{purchasing.MaySee}},
	{"stores", "purchasing.needs", "/purchasing/needs", "clipboard-list", []string{purchasing.MayAsk, purchasing.MayPlan}},
	{"stores", "purchasing.plans", "/purchasing/plans", "checklist", []string{purchasing.MayPlan, purchasing.MayBuy}},
	{"stores", "purchasing.orders", "/purchasing/orders", "receipt", []string{purchasing.MayBuy, purchasing.MayAudit}},
	{"stores", "counting.counts", "/counting/counts", "checklist", []string{counting.MaySee}},
	{"stores", "receiving.invoices", "/receiving/invoices", "receipt", []string{receiving.MayMatch, receiving.MayClear}},
	{"stores", "disposal.slips", "/disposal/slips", "trash", []string{disposal.MaySee}},
	{"stores", "distribution.lists", "/distribution/lists", "users", []string{distribution.MaySee}},
	{"stores", "catalog.items", "/items", "box", []string{catalog.MayChange, warehouse.MaySee}},
	{"stores", "suppliers.list", "/suppliers", "truck", []string{suppliers.MaySee}},
	{"house", "assets.list", "/asset-cards", "device-desktop", nil},
	{"house", "assets.damages", "/asset-damages", "alert-triangle", []string{assets.MayChange, assets.MayRecover, assets.MaySee}},
	{"house", "assets.loans", "/tool-loans", "tools", []string{assets.MayLend}},
	{"house", "places.list", "/places", "map-pin", nil},
	{"house", "departments.list", "/departments", "sitemap", nil},
	{"house", "people.list", "/people", "users", nil},
	{"house", "people.certificates", "/certificates", "certificate", []string{people.MayCertify, people.MaySee}},
	{"house", "rules", "/rules", "book", nil},
	{"house", "calendar", "/calendar", "calendar", []string{calendar.MayChange}},
	{"system", "intake", "/intake", "upload", []string{intake.MayImport}},
	{"system", "channels", "/channels", "speakerphone", []string{messages.MayRun}},
	{"system", "people.roles", "/roles", "shield", []string{people.MayGrant}},
	{"system", "people.events", "/events", "alarm", []string{people.MayWatch}},
	{"system", "people.audit", "/audit", "history", []string{people.AuditSeat}},
	{"system", "people.proof", "/audit/proof", "certificate", []string{people.MayProve}},
}

// nav draws the doors that a person may open.
func (h *Hospital) nav(r *web.Req) []ui.NavGroup {
	work, err := deskweb.Doors(r)
	if err != nil { // a page without counts is better than none
		h.cfg.Log.Error("counts of the navigation", "err", err, "request", r.Number)
	}
	told, err := messagesweb.Door(r)
	if err != nil {
		h.cfg.Log.Error("count of messages", "err", err, "request", r.Number)
	}
	groups := []ui.NavGroup{{Label: r.T("nav.work"), Items: work}}
	for _, d := range doors {
		if !mayAny(r, d.may) {
			continue
		}
		label := r.T("nav." + d.group)
		if groups[len(groups)-1].Label != label {
			groups = append(groups, ui.NavGroup{Label: label})
		}
		g := &groups[len(groups)-1]
		g.Items = append(g.Items, ui.NavItem{Label: r.T("nav." + d.label), Short: short(r, "nav."+d.label+".short"), Href: d.href, Icon: d.icon, Current: r.URL.Path == d.href})
	}
	deciding, err := approvalsweb.Doors(r)
	if err != nil {
		h.cfg.Log.Error("counts of approvals", "err", err, "request", r.Number)
	}
	besides, late := 0, false
	for _, i := range slices.Concat(work, deciding) {
		besides, late = besides+i.Count, late || i.Late && i.Count > 0
	}
	tray, err := inboxweb.Door(r, besides, late)
	if err != nil {
		h.cfg.Log.Error("count of the inbox", "err", err, "request", r.Number)
	}
	at, own := 1, 0 // where decisions stand, and one's own work
	if inStores(r) {
		groups, own = storesFirst(r, groups), 1
		groups[0].Items = slices.Insert(groups[0].Items, 0, tray)
	} else if r.By.May(approvals.MaySee) { // who leads decides first: it is at their thumb
		groups[0].Items = slices.Insert(groups[0].Items, 0, tray)
		if !r.By.May(desk.MayReport) {
			at = 0
		}
	} else {
		groups[0].Items = append(groups[0].Items, tray)
	}
	groups[own].Items = append(groups[own].Items, told)
	if n, err := h.toBegin(r); err != nil {
		h.cfg.Log.Error("what the hospital still needs", "err", err, "request", r.Number)
	} else if n >= 0 {
		groups[0].Items = slices.Insert(groups[0].Items, 0, ui.NavItem{Label: r.T("nav.begin"), Short: short(r, "nav.begin.short"), Href: "/begin", Icon: "checklist", Count: n, Late: n > 0, Current: r.URL.Path == "/begin"})
	}
	return slices.Insert(groups, at, ui.NavGroup{Label: r.T("nav.approvals"), Items: deciding})
}

// inStores says whether a person's own work is in the stores, in buying or in their books.
func inStores(r *web.Req) bool {
	return mayAny(r, []string{warehouse.MayIssue, purchasing.MayPlan, purchasing.MayBuy, purchasing.MayAudit, counting.MayPost})
}

// storesFirst puts the stores before all else, and of these the door at which the person
// begins.
func storesFirst(r *web.Req, groups []ui.NavGroup) []ui.NavGroup {
	n := slices.IndexFunc(groups, func(g ui.NavGroup) bool { return g.Label == r.T("nav.stores") })
	g, at := groups[n], home(r)
	if k := slices.IndexFunc(g.Items, func(i ui.NavItem) bool { return i.Href == at }); k > 0 {
		i := g.Items[k]
		g.Items = slices.Insert(slices.Delete(g.Items, k, k+1), 0, i)
	}
	return slices.Insert(slices.Delete(groups, n, n+1), 0, g)
}

// short is a door's name for the bar of a phone, where its own is too long for it.
func short(r *web.Req, key string) string {
	if r.W2.Has(key) {
		return r.T(key)
	}
	return ""
}

func mayAny(r *web.Req, permissions []string) bool {
	for _, p := range permissions {
		if r.By.May(p) {
			return true
		}
	}
	return len(permissions) == 0
}

// home is where a person's own work is.
func home(r *web.Req) string {
	for _, h := range []struct{ may, href string }{
		{warehouse.MayIssue, "/warehouse"}, {purchasing.MayPlan, "/purchasing/needs"}, {purchasing.MayBuy, "/purchasing"}, {purchasing.MayAudit, "/purchasing"}, {counting.MayPost, "/inbox"}, {intake.MayImport, "/intake"}, {people.MayGrant, "/roles"}, {people.AuditSeat, "/audit"},
	} {
		if r.By.May(h.may) {
			return h.href
		}
	}
	if at := deskweb.Home(r.By); at != "" {
		return at
	}
	return "/inbox"
}

// front sends people to their own work, or to the door.
func front(r *web.Req) error {
	if r.By.ID == "" {
		return r.Go("/sign-in")
	}
	return r.Go(start(r))
}

// start is where a person begins: at their own work, and who sets up a hospital that is not
// at work yet, at what it lacks.
func start(r *web.Req) string {
	if mayBegin(r.By) {
		if begun, err := desk.Begun(r.Context(), r.Read()); err == nil && !begun {
			return "/begin"
		}
	}
	return home(r)
}

// gallery shows every component in every state, in a demo only.
func gallery(r *web.Req) error {
	return r.Show(ui.Page{Heading: r.T("hospital.gallery"), Wide: true, Body: ui.Gallery(r.W2, r.W2.Lang)}, nil)
}
