package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"houqin/internal/base/fault"
)

// Read takes what a request carries: a posted form, with files or without, or JSON.
func Read(r *http.Request) (*Input, error) {
	in := &Input{Values: map[string][]string{}}
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	switch strings.TrimSpace(kind) {
	case "application/json":
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, tooLarge(err)
		}
		return in, in.json(body)
	case "multipart/form-data":
		if err := r.ParseMultipartForm(4 << 20); err != nil {
			return nil, tooLarge(err)
		}
		in.Files = r.MultipartForm.File
	default:
		if err := r.ParseForm(); err != nil {
			return nil, tooLarge(err)
		}
	}
	in.Values = r.PostForm
	return in, nil
}

func tooLarge(err error) error {
	if e, ok := err.(*http.MaxBytesError); ok {
		return fault.New(fault.TooLarge, "base.too_large", e.Limit>>20)
	}
	return fault.New(fault.Invalid, "base.unreadable").Because(err)
}

// json spreads an object over paths. A name given twice, text after the object and
// depth beyond lines of a document are refused.
func (in *Input) json(body []byte) error {
	in.strict = true
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
	set := func(s string) { in.Values[path] = append(in.Values[path], s) }
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
		set(v)
	case json.Number:
		set(v.String())
	case bool:
		set(fmt.Sprint(v))
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
		delete(in.Values, at)
		in.Values[path] = append(in.Values[path], v...)
	}
	return nil
}

// unknown complains about names that the form does not have.
func (in *Input) unknown(fields []Desc, bad *fault.Complaints) {
	for _, path := range slices.Sorted(maps.Keys(in.Values)) {
		if !known(fields, strings.Split(path, ".")) {
			bad.Add(path, "base.unknown_field")
		}
	}
}

func known(fields []Desc, path []string) bool {
	for _, f := range fields {
		if f.Key != path[0] {
			continue
		}
		if len(path) == 1 {
			return f.Kind != Lines
		}
		return f.Kind == Lines && len(path) == 3 && known(f.Lines, path[2:])
	}
	return len(path) == 1 && strings.HasPrefix(path[0], "_")
}
