package approvals

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"houqin/internal/base/fault"
)

// Row is one of those whom a tier asks, as a line of a form: who stands for a post, a
// role or a department, or one person by name.
type Row struct {
	Beside  string `json:"beside,omitempty"` // "beside": asked side by side with the line above, else after it
	Who     string `json:"who,omitempty"`    // in the notation: "post:finance"
	Person  string `json:"person,omitempty"` // a person's id
	Each    string `json:"each,omitempty"`   // of those who stand for it: "" any one, "all", or how many
	Need    int64  `json:"need,omitempty"`   // of those side by side: 0 all
	Hours   int64  `json:"hours,omitempty"`  // of working time: 0 HoursShipped
	Instead string `json:"instead,omitempty"`
}

// Rows are whom a tier asks, a line each. What is said of a whole stage stands in its
// first line.
func (t *Tier) Rows() (rows []Row) {
	for _, s := range t.Stages {
		for n, w := range s.Who {
			row := Row{Who: w.Is}
			if n == 0 {
				row.Need, row.Hours, row.Instead = s.Need, s.Hours, s.Instead
			} else {
				row.Beside = "beside"
			}
			if id, ok := strings.CutPrefix(w.Is, "person:"); ok {
				row.Who, row.Person = "", id
			}
			switch {
			case w.Each < 0:
				row.Each = "all"
			case w.Each > 0:
				row.Each = strconv.FormatInt(w.Each, 10)
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// stagesOf makes a tier's stages of its lines at a path. Of a stage the first figure
// counts that one of its lines has.
func stagesOf(rows []Row, path string, bad *fault.Complaints) (stages []Stage) {
	for n, row := range rows {
		at := fmt.Sprintf("%s.%d.", path, n)
		w := Who{Is: row.Who}
		switch {
		case row.Person != "" && row.Who != "":
			bad.Add(at+"person", "approvals.who_or_person")
		case row.Person != "":
			w.Is = "person:" + row.Person
		case row.Who == "":
			bad.Add(at+"who", "approvals.empty_step")
		}
		if row.Each == "all" {
			w.Each = -1
		} else if row.Each != "" {
			each, err := strconv.ParseInt(row.Each, 10, 32)
			if err != nil || each < 1 {
				bad.Add(at+"each", "approvals.bad_number", row.Each)
			}
			w.Each = each
		}
		if row.Beside == "" || n == 0 {
			stages = append(stages, Stage{})
		}
		s := &stages[len(stages)-1]
		s.Who, s.Need, s.Hours, s.Instead = append(s.Who, w), cmp.Or(s.Need, row.Need), cmp.Or(s.Hours, row.Hours), cmp.Or(s.Instead, row.Instead)
	}
	return stages
}
