// Package alike is the sharp eye at the registry: it tells when two names that differ
// in the books look the same on a page, so that nobody enters a second 康达公司 in other
// characters (full width, Cyrillic, invisible, the traditional form of a character).
package alike

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Key is what of a name is seen: two names with one key are taken for each other.
// Case, width, accents, spaces and punctuation make no difference, nor do letters of
// other scripts that look like Latin ones, nor traditional forms of characters that
// names of people and firms are written with.
func Key(name string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(norm.NFKC.String(name))) {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Cf, unicode.Cc, unicode.Z, unicode.P, unicode.S):
			continue
		}
		if s, ok := same[r]; ok {
			r = s
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Code is Key for names of Latin letters and digits in which also 0 and o, and 1, i
// and l, are taken for each other.
func Code(name string) string {
	return strings.NewReplacer("0", "o", "1", "l", "i", "l").Replace(Key(name))
}

// Unseen says whether a name holds characters that turn text around or join it
// without showing.
func Unseen(name string) bool {
	return strings.ContainsFunc(name, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co) })
}

// same are pairs of characters, the second for the first.
var same = map[rune]rune{}

func init() {
	for _, pair := range strings.Fields(pairs) {
		r := []rune(pair)
		same[r[0]] = r[1]
	}
}

// pairs: letters of Cyrillic and Greek with the Latin ones they are drawn as, and
// traditional characters with their simplified forms, chosen from surnames, given
// names, and words of hospitals, firms and goods.
const pairs = `аa вb еe кk мm нh оo рp сc тt уy хx іi ѕs јj ԁd һh ѵv αa βb εe ηn ιi κk νv οo ρp τt υu χx ıi
	張张 陳陈 劉刘 楊杨 黃黄 趙赵 吳吴 鄭郑 馮冯 蔣蒋 韓韩 許许 羅罗 謝谢 鄧邓 蕭萧 蘇苏 葉叶 呂吕 鍾钟 鐘钟 譚谭 陸陆 龔龚 孫孙 馬马 賈贾 閻阎 顧顾 賴赖
	龍龙 萬万 錢钱 湯汤 賀贺 嚴严 盧卢 魯鲁 鄒邹 龐庞 齊齐 蘭兰 駱骆 關关 歐欧 陽阳 諸诸 華华 國国 東东 偉伟 強强 軍军 飛飞 鵬鹏 榮荣 貴贵 鳳凤 麗丽 貝贝
	靜静 瑩莹 潔洁 艷艳 穎颖 嬌娇 婭娅 業业 興兴 慶庆 豐丰 寶宝 寧宁 寬宽 賢贤 誠诚 遠远 達达 運运 進进 連连 邁迈 還还 醫医 藥药 護护 療疗 診诊 癥症 術术
	檢检 驗验 綜综 內内 婦妇 兒儿 產产 眼眼 腫肿 癌癌 營营 養养 廳厅 廠厂 廣广 製制 設设 備备 儀仪 電电 電电 氣气 機机 構构 鋼钢 鐵铁 銅铜 鋁铝 針针 線线 紙纸 膠胶
	貿贸 財财 務务 購购 銷销 質质 賬账 資资 費费 貨货 買买 賣卖 車车 輛辆 輸输 轉转 軟软 網网 絡络 聯联 係系 統统 總总 經经 紅红 綠绿 藍蓝 學学 館馆 門门 開开 間间
	樓楼 層层 區区 園园 場场 師师 員员 長长 務务 處处 辦办 計计 記记 訊讯 話话 試试 請请 調调 議议 證证 變变 讓让 樣样 條条 極极 標标 樹树 橋桥 歲岁 歷历 時时 會会
	書书 來来 個个 們们 傷伤 價价 優优 億亿 體体 舊旧 與与 為为 發发 點点 無无 燈灯 燒烧 爐炉 濟济 漢汉 潤润 滬沪 澤泽 灣湾 溫温 淨净 測测 環环 現现 畫画 盤盘 監监
	礦矿 種种 積积 筆笔 簡简 紀纪 級级 純纯 細细 組组 結结 給给 維维 緊紧 縣县 織织 義义 習习 聖圣 職职 脈脉 臨临 號号 補补 裝装 裏里 複复 見见 規规 視视 親亲 觀观`
