package db

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
)

var errPart = errors.New("not a part of a dump")

// readPart takes a part of a dump apart: its columns, then each row's values as
// int64, string, []byte or nil. The values slice is used again for the next row.
func readPart(part []byte, head func([]column) error, row func([]any) error) error {
	line, rest, ended := bytes.Cut(part, []byte{'\n'})
	var names []string
	if !ended || json.Unmarshal(line, &names) != nil {
		return errPart
	}
	columns := make([]column, len(names))
	for i, n := range names {
		name, kind, ok := strings.Cut(n, " ")
		if !ok || name == "" || kind != "int" && kind != "text" && kind != "bytes" {
			return errPart
		}
		columns[i] = column{name, kind}
	}
	if err := head(columns); err != nil {
		return err
	}
	values := make([]any, len(columns))
	for len(rest) > 0 {
		if line, rest, ended = bytes.Cut(rest, []byte{'\n'}); !ended {
			return errPart
		}
		if err := readRow(line, columns, values); err != nil {
			return err
		}
		if err := row(values); err != nil {
			return err
		}
	}
	return nil
}

func readRow(line []byte, columns []column, values []any) (err error) {
	r := rowReader(line)
	for i, c := range columns {
		opening := byte(',')
		if i == 0 {
			opening = '['
		}
		if !r.skip(string(opening)) {
			return errPart
		}
		if values[i], err = r.value(c.kind); err != nil {
			return err
		}
	}
	if !r.skip("]") || len(r) > 0 {
		return errPart
	}
	return nil
}

// rowReader is what is left of a line.
type rowReader []byte

func (r *rowReader) skip(s string) bool {
	rest, ok := bytes.CutPrefix(*r, []byte(s))
	*r = rest
	return ok
}

func (r *rowReader) value(kind string) (any, error) {
	switch {
	case r.skip("null"):
		return nil, nil
	case kind == "int":
		n := 0
		for n < len(*r) && ((*r)[n] == '-' || (*r)[n] >= '0' && (*r)[n] <= '9') {
			n++
		}
		v, err := strconv.ParseInt(string((*r)[:n]), 10, 64)
		if err != nil {
			return nil, errPart
		}
		*r = (*r)[n:]
		return v, nil
	case kind == "text" && r.skip(`{"base64":`):
		s, err := r.text()
		if err != nil || !r.skip("}") {
			return nil, errPart
		}
		b, err := base64.StdEncoding.DecodeString(s)
		return string(b), err
	}
	s, err := r.text()
	if err != nil || kind == "text" {
		return s, err
	}
	b, err := base64.StdEncoding.DecodeString(s)
	return b, err
}

func (r *rowReader) text() (string, error) {
	if !r.skip(`"`) {
		return "", errPart
	}
	escaped := false
	for i := 0; i < len(*r); i++ {
		switch (*r)[i] {
		case '\\':
			escaped = true
			i++
		case '"':
			raw := (*r)[:i]
			*r = (*r)[i+1:]
			if !escaped {
				return string(raw), nil
			}
			var s string
			if json.Unmarshal([]byte(`"`+string(raw)+`"`), &s) != nil {
				return "", errPart
			}
			return s, nil
		}
	}
	return "", errPart
}
