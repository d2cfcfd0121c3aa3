// Package config reads the note on the inside of the cupboard door: one TOML file of
// plain names and values, in which a misspelt name is refused with its line instead
// of being passed over.
//
// A setting has one name everywhere: log-level in the file, --log-level on the
// command line, HOUQIN_LOG_LEVEL in the environment.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// File is a configuration file. The zero File is empty.
type File struct {
	Path  string
	texts map[string]string
	lines map[string]int
}

// Read reads a TOML file of names and plain values: texts, whole numbers, true and
// false, lists of these. Tables, and a name that stands twice, are refused.
func Read(path string) (*File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	f.Path = path
	return f, nil
}

func parse(text []byte) (*File, error) {
	var values map[string]any
	if err := toml.Unmarshal(text, &values); err != nil {
		if at, ok := errors.AsType[*toml.DecodeError](err); ok {
			line, column := at.Position()
			return nil, fmt.Errorf("line %d, column %d: %s", line, column, strings.TrimPrefix(at.Error(), "toml: "))
		}
		return nil, err
	}
	f := &File{texts: map[string]string{}, lines: map[string]int{}}
	var p unstable.Parser
	for p.Reset(text); p.NextExpression(); {
		e := p.Expression()
		keys := e.Key()
		var parts []string
		line := 0
		for keys.Next() {
			parts = append(parts, string(keys.Node().Data))
			line = p.Shape(keys.Node().Raw).Start.Line
		}
		name := strings.Join(parts, ".")
		if e.Kind != unstable.KeyValue || len(parts) != 1 {
			return nil, fmt.Errorf("line %d: %q: settings stand in no table", line, name)
		}
		said, ok := plain(values[name])
		if !ok {
			return nil, fmt.Errorf("line %d: %q is no text, number, yes or no, or list of these", line, name)
		}
		f.texts[name], f.lines[name] = said, line
	}
	return f, p.Error()
}

// plain is a value as it would be typed on the command line.
func plain(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case int64, bool:
		return fmt.Sprint(v), true
	case []any:
		var all []string
		for _, one := range v {
			said, ok := plain(one)
			if _, list := one.([]any); !ok || list {
				return "", false
			}
			all = append(all, said)
		}
		return strings.Join(all, ","), true
	}
	return "", false
}

// Get is the value under a name, lists joined by commas.
func (f *File) Get(name string) (value string, ok bool) {
	value, ok = f.texts[name]
	return value, ok
}

// Line is where a name stands, from 1.
func (f *File) Line(name string) int { return f.lines[name] }

// Refuse fails when the file holds names that are not known, and tells each with
// its line and the known name most like it.
func (f *File) Refuse(known []string) error {
	names := slices.SortedFunc(maps.Keys(f.lines), func(a, b string) int { return f.lines[a] - f.lines[b] })
	var wrong []error
	for _, name := range names {
		if !slices.Contains(known, name) {
			wrong = append(wrong, fmt.Errorf("%s line %d: no setting is called %q%s", f.Path, f.lines[name], name, meant(name, known)))
		}
	}
	return errors.Join(wrong...)
}

// Env is the environment variable of a setting.
func Env(prefix, name string) string {
	return prefix + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// RefuseEnv fails when the environment holds variables with the prefix that belong
// to no known setting. Others names variables that are none of the settings' business.
func RefuseEnv(environ []string, prefix string, known, others []string) error {
	var all []string
	for _, name := range known {
		all = append(all, Env(prefix, name))
	}
	var wrong []error
	for _, e := range slices.Sorted(slices.Values(environ)) {
		name, _, _ := strings.Cut(e, "=")
		if !strings.HasPrefix(name, prefix) || slices.Contains(all, name) ||
			slices.ContainsFunc(others, func(o string) bool {
				return name == o || strings.HasSuffix(o, "*") && strings.HasPrefix(name, o[:len(o)-1])
			}) {
			continue
		}
		wrong = append(wrong, fmt.Errorf("environment: no setting is called %s%s", name, meant(name, all)))
	}
	return errors.Join(wrong...)
}

// meant proposes the known name that a mistyped one resembles.
func meant(name string, known []string) string {
	best, least := "", 1+len(name)/3
	for _, k := range known {
		if d := distance(name, k); d <= least {
			best, least = k, d-1
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (is %q meant?)", best)
}

// distance is how many letters must be put in, left out or changed.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := corner
			if a[i] != b[j] {
				change++
			}
			corner = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// Value is a setting in force.
type Value struct {
	Name   string
	Value  string
	From   string // "--db", "environment HOUQIN_DB", "/etc/houqin.toml line 3", "default"
	Secret bool
}

// Print lists the settings in force, secrets masked.
func Print(w io.Writer, values []Value) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, v := range slices.SortedFunc(slices.Values(values), func(a, b Value) int { return cmp.Compare(a.Name, b.Name) }) {
		fmt.Fprintf(t, "%s\t%s\t%s\n", v.Name, v.said(), v.From)
	}
	return t.Flush()
}

func (v Value) said() string {
	switch {
	case v.Value == "":
		return "-"
	case v.Secret:
		return "****"
	}
	return hidePassword(v.Value)
}

// hidePassword masks the password inside an address such as postgres://user:password@host/db.
func hidePassword(s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return s
	}
	host, after, slash := strings.Cut(rest, "/")
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		if user, _, ok := strings.Cut(host[:at], ":"); ok {
			host = user + ":****" + host[at:]
		}
	}
	out := scheme + "://" + host
	if slash {
		out += "/" + after
	}
	before, query, ok := strings.Cut(out, "?")
	if !ok {
		return out
	}
	parts := strings.Split(query, "&")
	for i, p := range parts {
		if name, _, ok := strings.Cut(p, "="); ok && strings.Contains(strings.ToLower(name), "password") {
			parts[i] = name + "=****"
		}
	}
	return before + "?" + strings.Join(parts, "&")
}
