package web

import (
	"encoding/json"
	"strings"

	"houqin/internal/base/ui"
)

// apiViewer shows the API's document to people, without any script.
func apiViewer(r *Req) error {
	t := r.W2.T
	var rooms []ui.Room
	byRoom := map[string]*ui.Room{}
	for _, rt := range r.Site.routes {
		if rt.PageOnly {
			continue
		}
		method, path, _ := strings.Cut(rt.At, " ")
		name := room(rt.At)
		if byRoom[name] == nil {
			rooms = append(rooms, ui.Room{Name: name})
			byRoom[name] = &rooms[len(rooms)-1]
			for i := range rooms { // the slice may have moved
				byRoom[rooms[i].Name] = &rooms[i]
			}
		}
		op := r.Site.operation(rt, method, path, t)
		o := ui.Operation{Method: method, Path: "/api" + path, Summary: op["summary"].(string)}
		if ps, ok := op["parameters"].([]any); ok {
			for _, p := range ps {
				p := p.(object)
				about, _ := p["description"].(string)
				schema, _ := json.Marshal(p["schema"])
				o.Params = append(o.Params, ui.Fact{Label: p["name"].(string), Text: about, Sub: string(schema)})
			}
		}
		if b, ok := op["requestBody"]; ok {
			o.Body = pretty(b)
		}
		o.Answer = pretty(op["responses"].(object)["200"])
		byRoom[name].Operations = append(byRoom[name].Operations, o)
	}
	return r.Show(ui.Page{Heading: t("base.api"), Sub: t("base.api.say"), Actions: []ui.Action{{Label: "openapi.json", Href: "/openapi.json"}}, Body: ui.API(rooms)}, nil)
}

func pretty(v any) string {
	for _, k := range []string{"content", "application/json", "schema"} { // the schema is what matters
		if o, ok := v.(object); ok && o[k] != nil {
			v = o[k]
		}
	}
	b, _ := json.MarshalIndent(v, "", "  ")
	return string(b)
}
