package web

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
)

type object = map[string]any

// OpenAPI is the document of the API: every route that programs may use, in
// OpenAPI 3.1, made from the routes and the tables themselves.
func (s *Site) OpenAPI(title, version string) object {
	w := s.Words.In("en")
	paths := object{}
	for _, rt := range s.routes {
		if rt.PageOnly {
			continue
		}
		method, path, _ := strings.Cut(rt.At, " ")
		entry, _ := paths["/api"+path].(object)
		if entry == nil {
			entry = object{}
			paths["/api"+path] = entry
		}
		entry[strings.ToLower(method)] = s.operation(rt, method, path, w.T)
	}
	return object{
		"openapi": "3.1.0",
		"info":    object{"title": title, "version": version},
		"paths":   paths,
		"components": object{
			"securitySchemes": object{"token": object{"type": "http", "scheme": "bearer"}},
			"schemas":         object{"Problem": problemSchema},
		},
		"security": []any{object{"token": []any{}}},
	}
}

var problemSchema = object{
	"type": "object", "required": []string{"type", "title", "status", "request"},
	"properties": object{
		"type": object{"type": "string"}, "title": object{"type": "string"}, "status": object{"type": "integer"}, "detail": object{"type": "string"}, "request": object{"type": "string"}, "rule": object{"type": "string"},
		"errors": object{"type": "array", "items": object{"type": "object", "required": []string{"field", "key", "message"},
			"properties": object{"field": object{"type": "string"}, "key": object{"type": "string"}, "message": object{"type": "string"}, "rule": object{"type": "string"}}}},
	},
}

var inPath = regexp.MustCompile(`\{(\w+)\}`)

func (s *Site) operation(rt Route, method, path string, t func(string, ...any) string) object {
	op := object{"operationId": strings.Trim(regexp.MustCompile(`\W+`).ReplaceAllString(strings.ToLower(rt.At), "_"), "_"), "tags": []string{room(rt.At)}}
	switch rt.Need {
	case Anyone:
		op["security"] = []any{}
		op["summary"] = "for anyone"
	case SignedIn:
		op["summary"] = "for every person of the hospital"
	default:
		op["summary"] = t("may." + rt.Need)
		op["x-permission"] = rt.Need
	}
	var params []any
	for _, m := range inPath.FindAllStringSubmatch(path, -1) {
		params = append(params, object{"name": m[1], "in": "path", "required": true, "schema": object{"type": "string"}})
	}
	answer := object{}
	switch {
	case rt.List != nil:
		d := rt.List.Describe(db.System(""))
		params = append(params, listParams(d, t)...)
		answer = rowsSchema(d, t)
	case rt.Gives != nil:
		answer = schemaOf(reflect.TypeOf(rt.Gives))
	default:
		answer = object{"type": "object"}
	}
	if method != "GET" {
		params = append(params, object{"name": "Idempotency-Key", "in": "header", "schema": object{"type": "string", "maxLength": 100},
			"description": "a repetition with the same key is answered with the first result"})
	}
	if params != nil {
		op["parameters"] = params
	}
	if rt.Form != nil {
		op["requestBody"] = object{"required": true, "content": object{"application/json": object{"schema": formSchema(rt.Form.Describe(), t)}}}
	}
	op["responses"] = object{
		"200":     object{"description": "done", "content": object{"application/json": object{"schema": answer}}},
		"default": object{"description": "refused", "content": object{"application/problem+json": object{"schema": object{"$ref": "#/components/schemas/Problem"}}}},
	}
	return op
}

func listParams(d list.Desc, t func(string, ...any) string) []any {
	param := func(name, about string, schema object) any {
		return object{"name": name, "in": "query", "schema": schema, "description": about}
	}
	text := object{"type": "string"}
	out := []any{param("after", "cursor of the next page", text), param("before", "cursor of the page before", text),
		param("size", "rows of a page", object{"type": "integer", "minimum": 1, "maximum": list.SizeMax})}
	if d.Search {
		out = append(out, param("q", "search", object{"type": "string", "maxLength": 100}))
	}
	var sorts []string
	for _, c := range d.Columns {
		about := t(c.Label)
		switch {
		case len(c.OneOf) > 0:
			out = append(out, param(c.Key, about, object{"type": "array", "items": object{"type": "string", "enum": c.OneOf}}))
		case c.Ref != "":
			out = append(out, param(c.Key, about, text))
		case c.Kind == list.Flag:
			out = append(out, param(c.Key, about, object{"type": "string", "enum": []string{"true", "false"}}))
		}
		if c.Range {
			out = append(out, param(c.Key+".from", about, text), param(c.Key+".to", about, text))
		}
		if c.Sort {
			sorts = append(sorts, c.Key, "-"+c.Key)
		}
	}
	if sorts != nil {
		out = append(out, param("sort", "order", object{"type": "string", "enum": sorts}))
	}
	return out
}

var kindSchemas = map[list.Kind]object{
	list.Text: {"type": "string"}, list.Choice: {"type": "string"}, list.Ref: {"type": "string"}, list.Number: {"type": "integer"}, list.Flag: {"type": "boolean"},
	list.Money: {"type": "string", "pattern": `^-?\d+\.\d\d$`}, list.Instant: {"type": "string"}, list.Day: {"type": "string"},
}

func rowsSchema(d list.Desc, t func(string, ...any) string) object {
	props, need := object{}, []string{}
	for _, c := range d.Columns {
		p := object{"description": t(c.Label)}
		for k, v := range kindSchemas[c.Kind] {
			p[k] = v
		}
		props[c.Key] = p
		need = append(need, c.Key)
	}
	return object{"type": "object", "required": []string{"rows", "next", "prev", "count", "more"}, "properties": object{
		"rows": object{"type": "array", "items": object{"type": "object", "required": need, "properties": props}},
		"next": object{"type": "string"}, "prev": object{"type": "string"}, "count": object{"type": "integer"}, "more": object{"type": "boolean"}}}
}

func formSchema(fields []form.Desc, t func(string, ...any) string) object {
	props, need := object{}, []string{}
	for _, f := range fields {
		p := object{"description": t(f.Label)}
		switch f.Kind {
		case form.Photo, form.File:
			continue // files are sent to /api/files
		case form.Number, form.Quantity:
			p["type"] = []string{"integer", "string"}
		case form.Check:
			p["type"] = "boolean"
		case form.Many:
			p["type"] = "array"
			p["items"] = object{"type": "string", "enum": f.OneOf}
		case form.Lines:
			p["type"] = "array"
			p["items"] = formSchema(f.Lines, t)
			p["maxItems"] = f.LinesMost
		default:
			p["type"] = "string"
			if len(f.OneOf) > 0 {
				p["enum"] = f.OneOf
				if !f.Required {
					p["enum"] = append([]string{""}, f.OneOf...)
				}
			}
			if f.Ref != "" {
				p["description"] = fmt.Sprintf("%s: id, code or exact name, as /api/pick/%s finds it", p["description"], f.Ref)
			}
		}
		props[f.Key] = p
		if f.Required {
			need = append(need, f.Key)
		}
	}
	props["_version"] = object{"type": []string{"integer", "string"}, "description": "the version of the record that was seen"}
	o := object{"type": "object", "properties": props, "additionalProperties": false}
	if len(need) > 0 {
		o["required"] = need
	}
	return o
}

var (
	textual = reflect.TypeFor[encoding.TextMarshaler]()
	custom  = reflect.TypeFor[json.Marshaler]()
)

// schemaOf is the schema of a Go type as encoding/json writes it.
func schemaOf(t reflect.Type) object {
	if t.Kind() == reflect.Pointer {
		return schemaOf(t.Elem())
	}
	if t.Implements(textual) {
		return object{"type": "string"}
	}
	if t.Implements(custom) {
		return object{}
	}
	switch t.Kind() {
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64, reflect.Int32:
		return object{"type": "integer"}
	case reflect.Float64:
		return object{"type": "number"}
	case reflect.Slice:
		return object{"type": []string{"array", "null"}, "items": schemaOf(t.Elem())}
	case reflect.Map:
		return object{"type": []string{"object", "null"}, "additionalProperties": schemaOf(t.Elem())}
	case reflect.Struct:
		props, need := object{}, []string{}
		for f := range t.Fields() {
			name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "-" || !f.IsExported() && !f.Anonymous {
				continue
			}
			if f.Anonymous && name == "" {
				inner := schemaOf(f.Type)
				for k, v := range inner["properties"].(object) {
					props[k] = v
				}
				if n, ok := inner["required"].([]string); ok {
					need = append(need, n...)
				}
				continue
			}
			if name == "" {
				name = f.Name
			}
			props[name] = schemaOf(f.Type)
			if !strings.Contains(opts, "omit") {
				need = append(need, name)
			}
		}
		o := object{"type": "object", "properties": props}
		if len(need) > 0 {
			o["required"] = need
		}
		return o
	}
	return object{}
}

// apiDocument answers the API's own description.
func apiDocument(r *Req) error {
	r.Request.Header.Set("Accept", "application/json")
	return r.Give(r.Site.OpenAPI(r.Site.Hospital+" · Houqin", r.Site.Version))
}
