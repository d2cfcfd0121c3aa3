package find_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"houqin/internal/base/words/find"
)

// finds does what a database does: every token typed begins some token kept.
func finds(kept, typed string) bool {
	tokens := strings.Fields(kept)
	for _, q := range find.Query(typed) {
		if !slices.ContainsFunc(tokens, func(t string) bool { return strings.HasPrefix(t, q) }) {
			return false
		}
	}
	return true
}

func TestWhatPeopleTypeFindsTheRecord(t *testing.T) {
	for _, c := range []struct{ text, yes, no string }{
		{"手术室", "手|术|室|手术|术室|手术室|shou|shoushu|shoushushi|shushi|shi|SSS|ss|s|shou shi", "术手|室手|手手|ssss|shoushi|x"},
		{"B超室空调不制冷", "B超|b|超室|bcs|bchaoshi|cs|ktbzl|空调 超室|kongdiao|kongtiao|kt", "空超|kb"},
		{"ICU病房301室", "icu|ICU病房|icubf|bf301|301|301shi|301s|病房301", "302|icub1"},
		{"RK-2026-000123", "RK-2026-000123|rk2026000123|rk-2026|RK|2026|000123|123|12|RK-2026-123|2026-000123|2026/0001|rk 123", "0123|23|RK-000123|RK-2025"},
		{"SB00042号设备", "sb00042|42|00042|SB42|sb000|shebei|sb", "0042号|sb1|hao42"},
		{"重庆银行大厦", "chongqing|zhongqing|yinhang|cqyh|yh|qingyinhang|yinhangdasha|dasha|ds|重庆 大厦", "hangyin|庆大"},
		{"单人房调度员长期会议", "danren|diaodu|changqi|huiyi|zhangqi|drf|cqhy", "tiaorenfang"},
		{"单雄信", "shanxiongxin|danxiongxin|sxx|dxx", "chanxiong"},
		{"单人病房床单更换一次", "danrenbingfang", "shanren"},
		{"绿化带女厕所", "lvhua|nvce|nvcesuo|lhd", ""},
		{"Café Müller’s Straße don't", "cafe|CAFÉ|muller|Mullers|strasse|dont|don't|don’t", "müsli"},
		{"ＡＢＣ１２３（门诊楼）", "abc123|ABC|123|门诊|mzl|ＡＢＣ", "124"},
		{"CT/MRI e-mail", "ct|mri|CT/MRI|MRI/CT|ct-mri|e-mail|email|mail", "mrict"},
		{"面积 12.5㎡，50℃", "12.5|125|m2|50|50℃|12.5㎡", "13"},
		{"2026-11-21 14:05", "2026-11-21|2026.11.21|2026/11|20261121|14:05|1405|11-21", "2026-12"},
		{"水电班、木工", "水电|木工|sdb|mg", "班木|sdbm|banmu"},
		{"𠮷野家", "𠮷|𠮷野|野家|yejia", "家野"},
		{"Ⅱ级 ½", "ii|II级|Ⅱ", "iii"},
		{"〇五号", "〇五|wuhao|lingwuhao|〇", ""},
		{"Лифт №5 エレベーター", "лифт|ЛИФТ|5|no5|エレ", "лифты"},
		{"0 00 007", "0|00|007|7", "8|01"},
		{"护士站 手术室", "hushizhan shoushushi|护士 手术|hsz sss", "站手|zhanshou|hszsss"},
	} {
		kept := find.Tokens(c.text)
		for q := range strings.SplitSeq(c.yes, "|") {
			if len(find.Query(q)) == 0 || !finds(kept, q) {
				t.Errorf("%q is not found by %q %q: %s", c.text, q, find.Query(q), kept)
			}
		}
		for q := range strings.SplitSeq(c.no, "|") {
			if q != "" && finds(kept, q) {
				t.Errorf("%q is found by %q: %s", c.text, q, kept)
			}
		}
	}
}

func TestSeveralTextsDoNotGrowTogether(t *testing.T) {
	kept := find.Tokens("手术", "室内", "RK-1", "2")
	for _, q := range []string{"手术室", "术室", "shushi", "ssn", "rk12"} {
		if finds(kept, q) {
			t.Errorf("%q was found in %s", q, kept)
		}
	}
	if !finds(kept, "室内 rk1 shoushu") {
		t.Errorf("what stands in several texts was not found in %s", kept)
	}
}

func TestNothingToSearch(t *testing.T) {
	for _, s := range []string{"", " ", "，。！", "***", "🚑", "\xff\xfe", "'", "-_-"} {
		if got := find.Tokens(s); got != "" {
			t.Errorf("%q keeps %q", s, got)
		}
		if got := find.Query(s); len(got) != 0 {
			t.Errorf("%q asks for %q", s, got)
		}
	}
}

// hospital is text as it comes; the long run has no punctuation at all.
var hospital = []string{
	"手术室空调漏水",
	"门诊楼三层妇产科护士站水池下水管堵塞漏水严重影响正常诊疗秩序请尽快安排水电班师傅前来维修处理谢谢",
	"住院部A座8楼ICU病房3床呼叫器不响，氧气终端漏气",
	"维修单WX-2026-004521：更换DN25球阀2只、生料带1卷",
	"行政楼会议室长条桌调换，重新布线",
}

func TestEveryOneOrTwoCharactersAreFound(t *testing.T) {
	for _, text := range hospital {
		kept, runes := find.Tokens(text), []rune(text)
		for i := range runes {
			for n := 1; n <= 2 && i+n <= len(runes); n++ {
				part := string(runes[i : i+n])
				if strings.ContainsAny(part, "，：、-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
					continue
				}
				if !finds(kept, part) {
					t.Errorf("%s is not found in %s", part, text)
				}
			}
		}
	}
}

// The sounds of a word, taken from the word alone, find it wherever it stands.
func TestSoundsOfEveryWordAreFound(t *testing.T) {
	for _, text := range hospital {
		kept := find.Tokens(text)
		for run := range strings.FieldsFuncSeq(text, func(r rune) bool { return r < 0x4E00 || r > 0x9FFF }) {
			runes := []rune(run)
			for i := range runes {
				for n := 2; n <= 4 && i+n <= len(runes); n++ {
					word := string(runes[i : i+n])
					for sound := range strings.FieldsSeq(find.Tokens(word)) {
						if !finds(kept, sound) {
							t.Errorf("%s (%s) is not found in %s", sound, word, text)
						}
					}
				}
			}
		}
	}
}

// A reading known from the list of the house, not from the code.
func TestPinyin(t *testing.T) {
	for word, sounds := range map[string]string{
		"暖气": "nuanqi nq", "阀门": "famen fm", "氯气": "lvqi lq", "给水": "jishui geishui js gs", "会计": "kuaiji huiji kj", "着火": "zhaohuo zh",
		"校验": "jiaoyan xiaoyan jy", "处方": "chufang cf", "血液": "xueye xieye xy", "粪便": "fenbian fb", "便池": "bianchi", "车库": "cheku ck",
		"归还": "guihuan gh", "厦门": "xiamen xm", "停泊": "tingbo tb", "轧机": "zhaji", "长春": "changchun cc", "成长": "chengzhang cz",
		"都江堰": "dujiangyan djy", "音乐": "yinyue yy", "朝阳": "chaoyang cy", "降压": "jiangya", "疟疾": "nveji", "扳手": "banshou", "熨烫": "yuntang",
		"查文斌": "zhawenbin zwb", "曾国": "zengguo", "仇英": "qiuying qy", "李晟": "lisheng ls", "检查": "jiancha jc", "重症": "zhongzheng zz", "行车": "xingche hangche",
	} {
		for s := range strings.FieldsSeq(sounds) {
			if kept := find.Tokens(word); !finds(kept, s) {
				t.Errorf("%s is not found by %s: %s", word, s, kept)
			}
		}
	}
	if kept := find.Tokens("例行检查报告"); finds(kept, "jianzha") {
		t.Errorf("a surname's reading stands where no name can be: %s", kept)
	}
}

func TestTheColumnStaysSmallAndClean(t *testing.T) {
	long := strings.Repeat("病区的灯不亮了，护士站电话也没有声音 RK-2026-000123 pump ", 40)
	for _, texts := range [][]string{{long}, {"WX-7", long, long}, {strings.Repeat("重长行调会", 100)}, {strings.Repeat("a1-", 1000)}, hospital, {strings.Repeat("x", 5000)}} {
		kept := find.Tokens(texts...)
		if len(kept) > find.Most {
			t.Errorf("%d bytes are kept of %.30s", len(kept), texts[0])
		}
		tokens := strings.Split(kept, " ")
		for i, tok := range tokens {
			if tok == "" || tok != strings.ToLower(tok) || !utf8.ValidString(tok) {
				t.Fatalf("token %q in %q", tok, kept)
			}
			if i > 0 && strings.HasPrefix(tok, tokens[i-1]) || slices.Contains(tokens[i+1:], tok) {
				t.Fatalf("%q is kept twice in %q", tok, kept)
			}
		}
		if !finds(kept, string([]rune(texts[0])[:2])) {
			t.Errorf("the beginning of %.30q is not found", texts[0])
		}
	}
	// the words of a long text do not push out the sounds of its beginning, nor
	// sounds the words
	if kept := find.Tokens("手术室", long); !finds(kept, "sss") || !finds(kept, "pump") || !finds(kept, "shoushushi") {
		t.Errorf("the title's sounds or the text's words are gone: %s", kept)
	}
	if n := len(find.Query(long)); n > 16 {
		t.Errorf("a pasted page looks up %d tokens", n)
	}
}

func TestDeletions(t *testing.T) {
	for w, want := range map[string]string{
		"pump": "ump pmp pup pum", "valve": "alve vlve vave vale valv", "boot": "oot bot boo",
		"ab": "", "abc": "", "Pump": "", "水泵水泵": "", "p2p2": "", strings.Repeat("a", 21): "",
	} {
		if got := strings.Join(find.Deletions(w), " "); got != want {
			t.Errorf("%s: %q, want %q", w, got, want)
		}
	}
	if got := find.Words("Café PUMP-motor no. 12 pump, 水泵valve3 air"); !slices.Equal(got, []string{"cafe", "pump", "motor", "valve"}) {
		t.Errorf("words to spell are %q", got)
	}
}

// Every slip of one letter is met through the table of spellings, and told from
// what is further away.
func TestOneSlipIsMet(t *testing.T) {
	letter := rapid.StringMatching(`[a-z]`)
	rapid.Check(t, func(t *rapid.T) {
		w := rapid.StringMatching(`[a-d]{5,19}`).Draw(t, "word")
		i := rapid.IntRange(0, len(w)-2).Draw(t, "at")
		slip := rapid.SampledFrom([]string{
			w, w[:i] + w[i+1:], w[:i] + letter.Draw(t, "l") + w[i:], w[:i] + letter.Draw(t, "l") + w[i+1:],
			w[:i] + w[i+1:i+2] + w[i:i+1] + w[i+2:],
		}).Draw(t, "slip")
		kept, typed := append(find.Deletions(w), w), append(find.Deletions(slip), slip)
		if !slices.ContainsFunc(typed, func(s string) bool { return slices.Contains(kept, s) }) {
			t.Fatalf("%s does not meet %s", slip, w)
		}
		if !find.OneSlip(w, slip) || !find.OneSlip(slip, w) {
			t.Fatalf("%s is not one slip from %s", slip, w)
		}
	})
	for _, far := range [][2]string{{"pump", "pulp2"}, {"pump", "mupp"}, {"valve", "vlaev"}, {"pump", "pu"}, {"abcd", "badc"}, {"motor", "rotox"}, {"abcd", "acbx"}} {
		if find.OneSlip(far[0], far[1]) || find.OneSlip(far[1], far[0]) {
			t.Errorf("%s passes for %s", far[1], far[0])
		}
	}
}

// Any word of a text finds the text.
func FuzzEveryWordFindsItsText(f *testing.F) {
	for _, s := range hospital {
		f.Add(s)
	}
	for _, s := range []string{"RK-2026-000123 o'Neil’s", "Ｂ超室㎡½ﬁ", "00-012-0a0 a1b02", "𠮷-x 々〇", "e\u0301\u200b手\ufe0f术", "a-b.c/d:e#f_g", "\xf0\u0477"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		kept := find.Tokens(text)
		if len(kept) > find.Most {
			t.Fatalf("%d bytes", len(kept))
		}
		if len(kept) > 1000 {
			return // longer texts are cut off somewhere
		}
		for _, w := range strings.Fields(text) {
			if !finds(kept, w) {
				t.Fatalf("%q asks for %q, which %q does not hold", w, find.Query(w), kept)
			}
		}
		again := find.Query(kept) // what is kept is folded already
		for _, q := range again {
			if !finds(kept, q) {
				t.Fatalf("token %q is not found in %q", q, kept)
			}
		}
	})
}

// A job's title of forty characters.
const title = "门诊楼三层妇产科护士站水池下水管堵塞漏水严重影响正常诊疗秩序请尽快安排水电"

func BenchmarkTokens(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		find.Tokens(title)
	}
}

func BenchmarkTokensOfASlip(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		find.Tokens("WX-2026-004521", "手术室空调漏水", "张建国")
	}
}

func BenchmarkQuery(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		find.Query("空调漏水 sss")
	}
}
