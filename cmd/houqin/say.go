package main

import (
	"errors"
	"strings"

	"houqin/internal/base/fault"
	"houqin/internal/base/web"
	"houqin/internal/hospital"
)

// say puts an error into words: a fault in the language of the terminal, with its
// cause, all else as it is.
func say(err error, environ []string) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err.Error()
	}
	book, broken := hospital.Book(nil)
	if broken != nil {
		return err.Error()
	}
	w := book.In(terminal(environ))
	said := web.Say(w, f)
	for _, c := range f.Fields {
		said += "\n  " + c.Path + ": " + w.T(c.Key, c.Args...)
	}
	if f.Cause != nil {
		said += " (" + f.Cause.Error() + ")"
	}
	return said
}

// terminal is the language of the terminal: Chinese when its locale is, else English.
func terminal(environ []string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := variable(environ, name); v != "" {
			if strings.HasPrefix(v, "zh") {
				return "zh"
			}
			return "en"
		}
	}
	return "en"
}
