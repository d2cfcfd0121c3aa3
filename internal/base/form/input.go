package form

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"houqin/internal/base/fault"
)

// fieldsMost is how many values a posted form may hold: a document of hundreds of
// lines fits, a body made to be slow does not.
const fieldsMost = 10_000

// Read takes what a request's body carries: a posted form, with files or without, or
// JSON. What stands in the address is never mixed in. Any other kind of body is
// refused: a page of another site can send text/plain without asking anybody.
func Read(r *http.Request) (*Input, error) {
	in := &Input{Values: map[string][]string{}}
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	switch strings.TrimSpace(kind) {
	case "application/json":
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, unread(err)
		}
		return in, in.json(body)
	case "multipart/form-data":
		if err := r.ParseMultipartForm(4 << 20); err != nil {
			return nil, unread(err)
		}
		in.Files = r.MultipartForm.File
	case "application/x-www-form-urlencoded":
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, unread(err)
		}
		if bytes.Count(body, []byte("&")) >= fieldsMost {
			return nil, fault.New(fault.Invalid, "base.unreadable")
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		if err := r.ParseForm(); err != nil {
			return nil, unread(err)
		}
	case "": // a button that is pressed by a program
		if n, _ := io.ReadFull(r.Body, make([]byte, 1)); n == 0 {
			return in, nil
		}
		fallthrough
	default:
		return nil, fault.New(fault.Invalid, "base.unreadable")
	}
	if in.Values = r.PostForm; len(in.Values) > fieldsMost {
		return nil, fault.New(fault.Invalid, "base.unreadable")
	}
	return in, nil
}

// unread is why a request could not be read, as its sender is told.
func unread(err error) error {
	if e, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return TooLarge(e.Limit)
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) { // large files wait in a folder
		return fault.New(fault.Unavailable, "base.disk_full").Because(err)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, os.ErrDeadlineExceeded) {
		return fault.New(fault.Invalid, "base.cut_off").Because(err)
	}
	return fault.New(fault.Invalid, "base.unreadable").Because(err)
}

// json spreads an object over paths. A name given twice, text after the object and
// depth beyond lines of a document are refused.
func (in *Input) json(body []byte) error {
	in.strict, in.sent = true, map[string]sort{}
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := in.spread(d, "", 0); err != nil {
		return fault.New(fault.Invalid, "base.bad_json").Because(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return fault.New(fault.Invalid, "base.bad_json")
	}
	return nil
}

func (in *Input) spread(d *json.Decoder, path string, depth int) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	if depth > 4 {
		return fmt.Errorf("%s: too deep", path)
	}
	set := func(s string, as sort) {
		in.Values[path] = append(in.Values[path], s)
		in.sent[path] = as
	}
	switch v := t.(type) {
	case json.Delim:
		if v == '{' {
			seen := map[string]bool{}
			if depth > 0 && !d.More() {
				in.Values[path+"._"] = nil // an empty line is a line
			}
			for d.More() {
				k, err := d.Token()
				if err != nil {
					return err
				}
				key := k.(string)
				if seen[key] || strings.Contains(key, ".") {
					return fmt.Errorf("%s%s: twice, or no name", path, key)
				}
				seen[key] = true
				at := key
				if path != "" {
					at = path + "." + key
				}
				if err := in.spread(d, at, depth+1); err != nil {
					return err
				}
			}
		} else {
			if depth == 0 {
				return fmt.Errorf("not an object")
			}
			for n := 0; d.More(); n++ {
				if n > 100_000 {
					return fmt.Errorf("%s: too long", path)
				}
				// Lists of plain values gather at the path itself, objects at path.n.
				if err := in.element(d, path, n, depth); err != nil {
					return err
				}
			}
		}
		_, err := d.Token()
		return err
	case string:
		set(v, aText)
	case json.Number:
		set(v.String(), aNumber)
	case bool:
		set(fmt.Sprint(v), aBool)
	case nil:
	}
	if depth == 0 {
		return fmt.Errorf("not an object")
	}
	return nil
}

func (in *Input) element(d *json.Decoder, path string, n, depth int) error {
	at := fmt.Sprintf("%s.%d", path, n)
	if err := in.spread(d, at, depth+1); err != nil {
		return err
	}
	if v, ok := in.Values[at]; ok {
		as := aList
		if in.sent[at] != aText {
			as = other
		}
		if was, ok := in.sent[path]; ok && was != as {
			as = other
		}
		delete(in.Values, at)
		delete(in.sent, at)
		in.Values[path], in.sent[path] = append(in.Values[path], v...), as
	}
	return nil
}

// sort is what JSON says a value is.
type sort byte

const (
	aText sort = iota + 1
	aNumber
	aBool
	aList // of texts
	other
)

// unknown complains about names that the form does not have, and about values that
// are not what the API's document says they are.
func (in *Input) unknown(fields []Desc, bad *fault.Complaints) {
	for _, path := range slices.Sorted(maps.Keys(in.Values)) {
		takes, ok := known(fields, strings.Split(path, "."))
		as, said := in.sent[path]
		switch {
		case !ok:
			bad.Add(path, "base.unknown_field")
		case said && !slices.Contains(takes, as):
			bad.Add(path, "base.wrong_kind")
		}
	}
}

// known gives the sorts of value that the field at a path takes.
func known(fields []Desc, path []string) (takes []sort, ok bool) {
	for _, f := range fields {
		if f.Key != path[0] {
			continue
		}
		if len(path) > 1 {
			if f.Kind == Lines && len(path) > 2 {
				return known(f.Lines, path[2:])
			}
			return nil, false
		}
		switch f.Kind {
		case Lines, Photo, File:
			return nil, false
		case Number, Quantity:
			return []sort{aNumber, aText}, true
		case Check:
			return []sort{aBool}, true
		case Hidden: // of any type; the page alone knows which
			return []sort{aText, aNumber, aBool}, true
		case Many:
			return []sort{aList}, true
		}
		return []sort{aText}, true
	}
	return []sort{aText, aNumber}, len(path) == 1 && strings.HasPrefix(path[0], "_")
}

// Move moves a line of a posted form up or down among those in which something stands:
// "tiers.0.rows.2.up".
func (in *Input) Move(line string) {
	rest, way, _ := cutLast(line)
	path, number, ok := cutLast(rest)
	at, err := strconv.Atoi(number)
	if !ok || err != nil || way != "up" && way != "down" {
		return
	}
	to := -1
	for name, typed := range in.Values {
		of, ok := strings.CutPrefix(name, path+".")
		number, _, lies := strings.Cut(of, ".")
		n, err := strconv.Atoi(number)
		if !ok || !lies || err != nil || strings.Join(typed, "") == "" {
			continue
		}
		if way == "up" && n < at && n > to || way == "down" && n > at && (to < 0 || n < to) {
			to = n
		}
	}
	if to < 0 {
		return
	}
	here, there := fmt.Sprintf("%s.%d.", path, at), fmt.Sprintf("%s.%d.", path, to)
	after := map[string][]string{}
	for name, typed := range in.Values {
		if of, ok := strings.CutPrefix(name, here); ok {
			name = there + of
		} else if of, ok := strings.CutPrefix(name, there); ok {
			name = here + of
		}
		after[name] = typed
	}
	in.Values = after
}

// cutLast cuts a path at its last point.
func cutLast(path string) (rest, last string, ok bool) {
	n := strings.LastIndexByte(path, '.')
	if n < 0 {
		return "", path, false
	}
	return path[:n], path[n+1:], true
}

// Bare complains about everything that a program sends to a command that asks nothing.
func (in *Input) Bare() error {
	var bad fault.Complaints
	if in.strict {
		in.unknown(nil, &bad)
	}
	return bad.Err()
}

// TooLarge is said of a body beyond so many bytes.
func TooLarge(limit int64) error {
	if limit < 1<<20 {
		return fault.New(fault.TooLarge, "base.too_large_kb", limit>>10)
	}
	return fault.New(fault.TooLarge, "base.too_large", limit>>20)
}
