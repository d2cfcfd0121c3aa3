package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"unicode/utf8"
)

// paper is what was found: it is printed as it comes and kept for Markdown.
type paper struct{ sheets []sheet }

// sheet is one table with a title and remarks below it.
type sheet struct {
	title   string
	head    []string
	rows    [][]string
	remarks []string
}

// say prints a line that is not part of the result.
func say(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

// add prints a table and keeps it.
func (p *paper) add(s sheet) {
	p.sheets = append(p.sheets, s)
	wide := make([]int, len(s.head))
	for _, row := range append([][]string{s.head}, s.rows...) {
		for i, c := range row {
			wide[i] = max(wide[i], utf8.RuneCountInString(c))
		}
	}
	fmt.Printf("\n%s\n", s.title)
	for n, row := range append([][]string{s.head}, s.rows...) {
		var b strings.Builder
		for i, c := range row {
			pad := strings.Repeat(" ", wide[i]-utf8.RuneCountInString(c))
			if i == 0 {
				b.WriteString(c + pad)
			} else {
				b.WriteString("  " + pad + c)
			}
		}
		fmt.Println(strings.TrimRight(b.String(), " "))
		if n == 0 {
			fmt.Println(strings.Repeat("-", utf8.RuneCountInString(strings.TrimRight(b.String(), " "))))
		}
	}
	for _, r := range s.remarks {
		fmt.Println("  " + r)
	}
}

// markdown is everything for docs/benchmarks.md.
func (p *paper) markdown() string {
	var b strings.Builder
	for _, s := range p.sheets {
		fmt.Fprintf(&b, "### %s\n\n", s.title)
		if len(s.head) > 0 {
			b.WriteString("| " + strings.Join(s.head, " | ") + " |\n|---" + strings.Repeat("|--:", len(s.head)-1) + "|\n")
			for _, row := range s.rows {
				b.WriteString("| " + strings.Join(row, " | ") + " |\n")
			}
			b.WriteString("\n")
		}
		for _, r := range s.remarks {
			b.WriteString(r + "\n\n")
		}
	}
	return b.String()
}

// machine says what this run can be compared with.
func machine(p *paper, dir string) {
	var fs syscall.Statfs_t
	kind := "a disk"
	if syscall.Statfs(dir, &fs) == nil && fs.Type == 0x01021994 {
		kind = "memory (tmpfs): nothing here is durable, choose another -dir"
	}
	p.add(sheet{title: "The machine", remarks: []string{
		fmt.Sprintf("%d cores, %s/%s, %s; databases, server and clients all on it, files on %s.", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), kind),
		fmt.Sprintf("Flushes of one 4 KiB write to that disk, one after another: %s a second.", count(flushes(dir))),
	}})
}

// flushes is how often a second a small write reaches the disk.
func flushes(dir string) float64 {
	f, err := os.CreateTemp(dir, "flush")
	if err != nil {
		return 0
	}
	defer os.Remove(f.Name())
	defer f.Close()
	page := make([]byte, 4096)
	began, n := now(), 0
	for ; since(began) < 0.5; n++ {
		if _, err := f.WriteAt(page, int64(n%256)*4096); err != nil || f.Sync() != nil {
			return 0
		}
	}
	return float64(n) / since(began)
}

// count is a rate as it is read: 12, 1,234.
func count(x float64) string {
	s := strconv.FormatInt(int64(x+0.5), 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// ms is a time in milliseconds.
func ms(seconds float64) string {
	switch {
	case seconds >= 0.1:
		return fmt.Sprintf("%.0f ms", seconds*1000)
	case seconds >= 0.01:
		return fmt.Sprintf("%.1f ms", seconds*1000)
	}
	return fmt.Sprintf("%.2f ms", seconds*1000)
}

func ratio(x float64) string { return fmt.Sprintf("%.2f", x) }
