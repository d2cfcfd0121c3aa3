package countingweb

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"houqin/internal/base/fault"
	filled "houqin/internal/base/sheet"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/counting"
	"houqin/internal/intake"
)

// fillable gives the open sheets of a count as a file to fill in.
func fillable(r *web.Req) error {
	c, err := counting.Get(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	if _, err := counting.OpenSheets(r.Context(), r.Read(), r.By, c.Number); err != nil {
		return err
	}
	if !r.By.MayIn(counting.MayCount, c.Keeping) {
		return fault.New(fault.Forbidden, "base.need", counting.MayCount)
	}
	format, kind := "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	if r.URL.Query().Get("format") == "csv" {
		format, kind = "csv", "text/csv; charset=utf-8"
	}
	title := r.T("counting.fill.title")
	h := r.W.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(fmt.Sprintf("%s %s.%s", title, c.Number, format)))
	h.Set("Cache-Control", "no-store")
	_ = http.NewResponseController(r.W).SetWriteDeadline(r.Read().Moment().Add(10 * time.Minute)) // tests cannot
	out := filled.NewCSV(r.W, filled.In(r.Site.DB.Zone))
	if format == "xlsx" {
		if out, err = filled.NewXLSX(r.W, title, []int{18, 6, 10, 14, 24, 18, 14, 12, 6, 12, 12, 16}, filled.In(r.Site.DB.Zone)); err != nil {
			return err
		}
	}
	if err = counting.Fillable(r.Context(), r.Read(), r.By, c.ID, r.W2, out); err == nil {
		err = out.Close()
	}
	if err != nil {
		r.Site.Log.Error("count sheet broken off", "count", c.ID, "err", err, "request", r.Number)
		panic(http.ErrAbortHandler) // the answer has begun
	}
	return nil
}

// fillSteps are the ways to count elsewhere: take the sheets away as a file, and bring
// them back.
func fillSteps(r *web.Req, c *counting.Count, at string) (out []ui.Action) {
	if c.State != counting.Counting && c.State != counting.Recounting || !r.By.MayIn(counting.MayCount, c.Keeping) {
		return nil
	}
	out = []ui.Action{{Name: "fill", Label: r.T("counting.do.fill"), Href: at + "/sheet", Icon: "download"}, {Name: "fill_csv", Label: r.T("counting.do.fill_csv"), Href: at + "/sheet?format=csv", Icon: "download"}}
	if r.By.May(intake.MayImport) {
		out = append(out, ui.Action{Name: "bring", Label: r.T("counting.do.bring"), Href: "/intake/new?kind=counts", Icon: "upload"})
	}
	return out
}
