package suppliersweb

import (
	"net/url"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/suppliers"
)

// accounts is where the supplier's money goes and went, and what waits for a second
// person; waits is that one's id, if any.
func accounts(r *web.Req, supplier string) (c templ.Component, waits suppliers.Account, err error) {
	all, err := suppliers.AccountsOf(r.Context(), r.Read(), supplier)
	if err != nil {
		return nil, waits, err
	}
	tones := map[string]ui.Tone{"waiting": ui.Soon, "holds": ui.Done, "past": ui.Quiet, "refused": ui.Danger}
	t := ui.Table{ID: "accounts", Bare: true, Caption: r.T("suppliers.accounts"), Empty: ui.Nothing{Text: r.T("suppliers.accounts.none"), Icon: "report-money"},
		Columns: []ui.Head{{Label: r.T("suppliers.account.account")}, {Label: r.T("suppliers.account.state")}, {Label: r.T("suppliers.account.bank")}, {Label: r.T("suppliers.account.entered")}, {Label: r.T("suppliers.account.settled")}, {Label: r.T("suppliers.account.why"), Minor: true}}}
	for _, a := range all {
		if a.State == "waiting" {
			waits = a
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: a.Account, Sub: a.Holder}, {Text: r.T("suppliers.account.state." + a.State), Tone: tones[a.State], State: true}, {Text: a.Bank}, {Text: a.ByName, Sub: r.When(a.At)},
			settled(r, a), {Text: a.Why, Sub: a.Note}}})
	}
	return ui.Section(r.T("suppliers.accounts"), ui.List(r.W2, t)), waits, nil
}

func settled(r *web.Req, a suppliers.Account) ui.Cell {
	if a.SettledName == "" {
		return ui.Cell{Text: "–"}
	}
	return ui.Cell{Text: a.SettledName, Sub: r.When(a.SettledAt)}
}

// held is what was held against the supplier, the newest first.
func held(r *web.Req, supplier string) (templ.Component, error) {
	all, err := suppliers.Complaints.All(r.Context(), r.Read(), list.Where{}.And("c.supplier = ?", supplier), 5)
	if err != nil {
		return nil, err
	}
	t := ui.Table{ID: "complaints", Bare: true, Caption: r.T("suppliers.complaints"), Empty: ui.Nothing{Text: r.T("suppliers.complaints.none"), Icon: "circle-check"},
		Columns: []ui.Head{{Label: r.T("suppliers.complaints.number")}, {Label: r.T("suppliers.complaints.state")}, {Label: r.T("suppliers.complaints.said")}, {Label: r.T("suppliers.complaints.day")}}}
	for _, c := range all {
		t.Rows = append(t.Rows, ui.Row{Href: "/supplier-complaints/" + c.ID, Cells: []ui.Cell{{Text: c.Number, Sub: r.T("suppliers.complaints.kind." + c.Kind)}, became(r, &c), {Text: c.Said}, {Text: string(c.Day)}}})
	}
	return ui.Section(r.T("suppliers.complaints"), ui.List(r.W2, t), ui.Link{Label: r.T("suppliers.complaints.all"), Href: "/supplier-complaints?supplier=" + url.QueryEscape(supplier)}), nil
}

// became is how far a complaint is, and who was at fault.
func became(r *web.Req, c *suppliers.Complaint) ui.Cell {
	switch {
	case c.State == "open":
		return ui.Cell{Text: r.T("suppliers.complaints.state.open"), Tone: ui.Soon, State: true}
	case c.Upheld:
		return ui.Cell{Text: r.T("suppliers.complaints.upheld"), Tone: ui.Danger, State: true}
	}
	return ui.Cell{Text: r.T("suppliers.complaints.not_upheld"), Tone: ui.Done, State: true}
}

// beside are the buttons for accounts and complaints.
func beside(r *web.Req, s suppliers.Supplier, waits suppliers.Account) (out []ui.Action, err error) {
	at := "/suppliers/" + s.ID
	if s.Closed {
		return nil, nil
	}
	seen := ui.Pair{Name: "_account", Value: waits.ID}
	ask := func(spec form.Any, name, to string, version int64, tone ui.Tone) error {
		f := ui.Form{ID: name, Action: to, Submit: r.T("suppliers.do." + name), Tone: tone}
		if version > 0 {
			f.Version, f.Hidden = web.VersionText(version), []ui.Pair{seen}
		}
		f, err := r.Form(spec, nil, f)
		out = append(out, ui.Action{Name: name, Label: r.T("suppliers.do." + name), Tone: tone, Ask: &f, Open: r.Failed(spec) != nil})
		return err
	}
	if waits.ID != "" && r.By.May(suppliers.MayConfirm) && waits.By != r.By.ID {
		out = append(out, ui.Action{Name: "confirm_account", Label: r.T("suppliers.do.confirm_account"), Post: at + "/account/confirm", Tone: ui.Accent, Confirm: r.T("suppliers.account.sure", waits.Account, waits.Bank),
			Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}, {Name: "_version", Value: web.VersionText(waits.Version)}, seen}})
		if err := ask(&suppliers.RefuseForm, "refuse_account", at+"/account/refuse", waits.Version, ui.Danger); err != nil {
			return nil, err
		}
	}
	if waits.ID == "" && r.By.May(suppliers.MayChange) {
		if err := ask(&suppliers.AccountForm, "enter_account", at+"/account", 0, ""); err != nil {
			return nil, err
		}
	}
	if r.By.May(suppliers.MayComplain) {
		err = ask(&suppliers.ComplaintForm, "complain", at+"/complain", 0, "")
	}
	return out, err
}

func enterAccount(r *web.Req) error {
	return web.Submit(r, &suppliers.AccountForm, show, func(tx *db.Tx, a *suppliers.Account) (web.Done, error) {
		a.Supplier = r.PathValue("id")
		err := suppliers.EnterAccount(r.Context(), tx, a)
		return web.Done{To: "/suppliers/" + a.Supplier, Say: "suppliers.done.account_entered", Data: a}, err
	})
}

// waitsAt is the account of this supplier that waits. Conflict when the person saw another:
// the version alone does not tell two that nobody has settled apart.
func waitsAt(r *web.Req, tx *db.Tx) (string, error) {
	in, err := r.Input()
	if err != nil {
		return "", err
	}
	all, err := suppliers.AccountsOf(r.Context(), tx, r.PathValue("id"))
	for _, a := range all {
		if a.State != "waiting" {
			continue
		}
		if saw := in.Value("_account"); saw != "" && saw != a.ID {
			return "", fault.Stale()
		}
		return a.ID, err
	}
	return "", err
}

func confirmAccount(r *web.Req) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		id, err := waitsAt(r, tx)
		if err != nil {
			return web.Done{}, err
		}
		a, err := suppliers.ConfirmAccount(r.Context(), tx, id, r.Version())
		return web.Done{To: "/suppliers/" + r.PathValue("id"), Say: "suppliers.done.account_confirmed", Args: []string{a.Account}, Data: a}, err
	})
}

func refuseAccount(r *web.Req) error {
	return web.Submit(r, &suppliers.RefuseForm, show, func(tx *db.Tx, w *suppliers.Reason) (web.Done, error) {
		id, err := waitsAt(r, tx)
		if err != nil {
			return web.Done{}, err
		}
		a, err := suppliers.RefuseAccount(r.Context(), tx, id, r.Version(), *w)
		return web.Done{To: "/suppliers/" + r.PathValue("id"), Say: "suppliers.done.account_refused", Data: a}, err
	})
}
