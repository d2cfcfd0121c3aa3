package ui

import "github.com/a-h/templ"

// Entrance is the page on which people say who they are. [SignIn] draws it
// inside a [Page] that is not signed in.
type Entrance struct {
	Above     templ.Component // above the form
	Form      Form
	Product   string   // 后勤
	Line      string   // one sentence below it
	Roles     []Tile   // demo: one button per role, Href is posted as role=
	RolesPost string   // demo: where role= is posted; default the form's own address
	Say       string   // demo: what the buttons are
	Other     []Action // sign in by another way
	Foot      []Link
}

// Failure is what is said when something cannot be done. [ErrorPage] draws it.
type Failure struct {
	Status  int // HTTP
	Title   string
	Text    string
	Request string // id, to be told on the telephone
	Actions []Action
}

func failureIcon(status int) string {
	switch status {
	case 401, 403:
		return "lock"
	case 404:
		return "map-pin"
	case 409:
		return "arrows-exchange"
	}
	return "alert-triangle"
}
