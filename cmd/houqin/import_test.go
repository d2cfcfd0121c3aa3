package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// told is what programs read of an import.
type told struct {
	Kind                                       string
	Read, Imported, Unchanged, Refused, Header int
	NotTaken                                   []string `json:"not_taken"`
	Rules                                      []struct{ Rule, Text string }
	Rows                                       []struct {
		Row                         int
		Column, Value, Reason, Cell string
	}
	Error string
}

// written is a file with this text, in a folder of its own, beside a database not yet made.
func written(t *testing.T, name, text string) (file, database string) {
	t.Helper()
	folder := t.TempDir()
	file = filepath.Join(folder, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file, filepath.Join(folder, "new.db")
}

func brought(t *testing.T, want int, args ...string) (a told) {
	t.Helper()
	code, out, complaints := houqin(t, []string{"LANG=en_GB.UTF-8"}, append([]string{"import", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(out), &a); err != nil {
		t.Fatalf("%v: %s %s", err, out, complaints)
	}
	if code != want {
		t.Errorf("exit code %d, want %d: %s", code, want, complaints)
	}
	if a.Read != a.Imported+a.Unchanged+a.Refused || a.Refused != len(a.Rows) {
		t.Errorf("a row is lost: %+v", a)
	}
	return a
}

func TestImportIntoANewDatabase(t *testing.T) {
	file, database := written(t, "科室.csv", "科室名单\n编码,名称,床位,备注\nA03,内科,40,x\nA03.01,呼吸内科,,\nA04,,,\n")
	dry := brought(t, 0, "departments", file, "--db", database, "--dry-run")
	if dry.Imported != 2 || dry.Refused != 1 || dry.Header != 2 {
		t.Errorf("%+v", dry)
	}
	a := brought(t, 0, "departments", file, "--db", database)
	if a.Kind != "departments" || a.Imported != 2 || a.Refused != 1 || len(a.NotTaken) != 1 || a.NotTaken[0] != "备注" {
		t.Errorf("%+v", a)
	}
	if r := a.Rows[0]; r.Row != 5 || r.Column != "名称" || r.Value != "" || r.Reason != "Nothing stands here" || r.Cell != "B5" {
		t.Errorf("%+v", r)
	}
	if again := brought(t, 0, "departments", file, "--db", database); again.Unchanged != 2 || again.Imported != 0 {
		t.Errorf("the second time: %+v", again)
	}
	code, out, _ := houqin(t, []string{"LANG=zh_CN.UTF-8"}, "import", "departments", file, "--db", database)
	for _, want := range []string{"编码 ← 编码", "表头在第 2 行", "读到 3 行：导入 0 行（新增 0，更新 0），无变化 2 行，未收 1 行", "第 5 行 · 名称: 没有填写", "未导入的列：备注"} {
		if !strings.Contains(out, want) || code != 0 {
			t.Errorf("%d, %q is not said in\n%s", code, want, out)
		}
	}
}

func TestImportWholeOrNot(t *testing.T) {
	file, database := written(t, "d.csv", "编码,名称\nA,甲\nB,\n")
	a := brought(t, 2, "departments", file, "--db", database, "--whole")
	if a.Imported != 0 || a.Refused != 2 || a.Rows[1].Row != 3 {
		t.Errorf("%+v", a)
	}
	if a := brought(t, 0, "departments", file, "--db", database); a.Imported != 1 || a.Unchanged != 0 {
		t.Errorf("turned away whole, it left something: %+v", a)
	}
}

func TestImportWithAMappingAndAFileOfRefusedRows(t *testing.T) {
	file, database := written(t, "d.tsv", "甲\t乙\nA\t内科\nB\t\n")
	mapping := filepath.Join(filepath.Dir(file), "map.json")
	if err := os.WriteFile(mapping, []byte(`{"columns":{"code":"甲","name":"乙"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	refused := filepath.Join(filepath.Dir(file), "refused.csv")
	if a := brought(t, 0, "departments", file, "--db", database, "--map", mapping, "--refused", refused, "--set", "kind=office"); a.Imported != 1 {
		t.Errorf("%+v", a)
	}
	b, err := os.ReadFile(refused)
	if err != nil || !strings.Contains(string(b), "B,,3,乙,Nothing stands here") {
		t.Errorf("%s %v", b, err)
	}
}

func TestImportOfWhatWillNotDo(t *testing.T) {
	file, database := written(t, "d.xlsx", "编码,名称\nA,甲\n")
	a := brought(t, 1, "departments", file, "--db", database)
	if a.Imported != 0 || !strings.Contains(a.Error, "d.xlsx") {
		t.Errorf("%+v", a)
	}
	for _, args := range [][]string{{"import", "nonsense", file}, {"import", "departments"}} {
		if code, _, said := houqin(t, nil, args...); code != 2 || said == "" {
			t.Errorf("%v: %d %s", args, code, said)
		}
	}
	if code, _, said := houqin(t, nil, "import", "departments", file+".none", "--db", database); code != 1 || !strings.Contains(said, ".none") {
		t.Errorf("%d %s", code, said)
	}
}
