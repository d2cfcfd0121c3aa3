package find

import (
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"
)

// readings are the syllables of a character, the commonest first, without
// tones and with v for ü; nil for a character nobody has a reading for. Those
// with initials of their own stand before those that repeat one.
type readings []string

func (r readings) initial(way int) byte { return r[way][0] }

// initials is how many of the readings begin differently.
func (r readings) initials() int {
	n := 1
	for n < len(r) && !r[:n].begin(r[n][0]) {
		n++
	}
	return n
}

func (r readings) begin(c byte) bool {
	return slices.ContainsFunc(r, func(s string) bool { return s[0] == c })
}

// several lists the characters that the talk of a house commonly reads in more
// than one way, or whose first reading in the dictionary is not the common one.
// The dictionary itself lists every reading there ever was, far too many to
// search by.
const several = `
阿a,e 艾ai 扒ba,pa 柏bai,bo 膀bang,pang 磅bang,pang 蚌bang 剥bo,bao 薄bo,bao 堡bao 刨pao,bao 炮pao,bao 曝pu,bao 臂bi,bei
泌mi,bi 秘mi,bi 辟pi,bi 便bian,pian 屏ping,bing 伯bo 泊bo,po 卜bu,bo 埔pu,bu 藏cang,zang 曾zeng,ceng 差cha,chai
刹sha,cha 颤chan,zhan 长chang,zhang 厂chang 朝chao,zhao 车che 郴chen 沈shen,chen 称cheng,chen 盛sheng,cheng 澄cheng,deng
匙shi,chi 重zhong,chong 臭chou,xiu 畜chu,xu 幢zhuang,chuang 椎zhui,chui 伺si,ci 攒zan,cuan 弹dan,tan 铛dang,cheng 翟zhai,di
调diao,tiao 都dou,du 度du,duo 囤tun,dun 恶e,wu 否fou 佛fo,fu 莆pu 脯pu,fu 嘎ga 轧zha,ya 夹jia 镐gao,hao 咯ge,ka 蛤ha,ge
给gei,ji 颈jing,geng 莞guan,wan 纶lun,guan 龟gui,jun 炔que 傀kui 会hui,kuai 虾xia 还hai,huan 咳ke 夯hang 行xing,hang
巷xiang,hang 吭keng,hang 稽ji 茄qie,jia 槛kan,jian 强qiang 校xiao,jiao 觉jue,jiao 角jiao 嚼jiao,jue 桔ju,jie 劲jin,jing
咀ju,zui 圈quan,juan 隽jun,juan 浚jun 卡ka,qia 咖ka,ga 壳ke,qiao 溃kui 括kuo 蜡la 腊la 落luo,la 烙lao,luo 络luo,lao
乐le,yue 了le 勒le,lei 肋lei,le 棱leng 绿lv 率lv,shuai 抹mo,ma 埋mai,man 蔓man,wan 糜mi 模mo,mu 哪na 娜na,nuo 粘zhan,nian
辗zhan,nian 尿niao 疟nve,yao 耙pa,ba 朴pu,piao 撇pie 魄po 瀑pu 栖qi,xi 铅qian 纤xian,qian 雀que 塞sai,se 色se,shai
莎sha,suo 杉shan,sha 厦sha,xia 栅zha,shan 折zhe 什shen,shi 省sheng,xing 似si,shi 殖zhi 数shu 衰shuai 宿su,xiu 隋sui 拓tuo,ta
褪tui,tun 尾wei 遗yi 蔚wei 涡wo,guo 吓xia 系xi,ji 铣xi,xian 削xue,xiao 血xue,xie 旋xuan 咽yan,ye 钥yao,yue 殷yin 熨yun
扎za,zha 札zha 仔zai,zi 择ze,zhai 柞zuo,zha 着zhe,zhao 爪zhua,zhao 著zhu 琢zhuo,zuo 芥jie,gai 荨xun,qian 贾jia 地di 的de 大da 阚kan 呷xia
晟sheng,cheng 茜qian,xi 莘shen,xin 炅jiong,gui 珲hui,hun 桧gui,hui 玢bin,fen 芎xiong 圩wei,xu 胲hai 诘jie 囝nan 嘬zuo 胗zhen,zhun 龈yin 靓liang,jing 铤ting`

// surnames are read in their own way where they open a run short enough to be
// a name.
const surnames = `
单dan,shan 仇chou,qiu 查cha,zha 区qu,ou 解jie,xie 盖gai,ge 朴pu,piao 乐le,yue 覃qin,tan 莘shen,xin 尉wei,yu 折zhe,she 种zhong,chong 秘mi,bi
员yuan,yun 洗xi,xian 召zhao,shao 繁fan,po 缪miao,mou 隗wei,kui 郗xi,chi 郇huan,xun 冼xian 逄pang 万wan,mo 曾zeng 翟zhai 长zhang,chang`

// read is how a character is read.
func read(r rune) readings {
	d := dictionary()
	if r >= firstHan && r <= lastHan {
		return d.all[d.usual[r-firstHan]]
	}
	return d.all[d.rare[r]]
}

// Between these stands nearly every character in use.
const (
	firstHan = 0x3400
	lastHan  = 0x9FFF
)

// dict points from characters to readings; those without point to none, the
// first.
type dict struct {
	all   []readings
	names map[rune]readings
	usual [lastHan - firstHan + 1]uint16
	rare  map[rune]uint16
}

// dictionary is made when first needed, in about ten milliseconds.
var dictionary = sync.OnceValue(func() *dict {
	d := &dict{all: []readings{nil}, rare: map[rune]uint16{}}
	point := func(r rune, to int) {
		if r >= firstHan && r <= lastHan {
			d.usual[r-firstHan] = uint16(to)
		} else {
			d.rare[r] = uint16(to)
		}
	}
	alike := map[string]int{} // where all that are read so point to
	for r, all := range pinyin.PinyinDict {
		first, _, _ := strings.Cut(all, ",")
		at, ok := alike[first]
		if !ok {
			at = len(d.all)
			alike[first] = at
			d.all = append(d.all, readings{toneless(first)})
		}
		point(rune(r), at)
	}
	for r, all := range entries(several) {
		point(r, len(d.all))
		d.all = append(d.all, all)
	}
	d.names = maps.Collect(entries(surnames))
	return d
})

// entries takes a table of characters and readings apart.
func entries(table string) iter.Seq2[rune, readings] {
	return func(yield func(rune, readings) bool) {
		for entry := range strings.FieldsSeq(table) {
			r, n := utf8.DecodeRuneInString(entry)
			if !yield(r, ownFirst(strings.Split(entry[n:], ","))) {
				return
			}
		}
	}
}

// ownFirst moves readings that repeat an initial to the end.
func ownFirst(all readings) readings {
	var own, repeat readings
	for _, s := range all {
		if own.begin(s[0]) {
			repeat = append(repeat, s)
		} else {
			own = append(own, s)
		}
	}
	return append(own, repeat...)
}

// toneless leaves out the tone: nǚ is nv.
func toneless(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u0308': // the two dots of ü
			return 'v'
		case r >= 0x0300 && r <= 0x036F:
			return -1
		}
		return r
	}, norm.NFD.String(s))
	return strings.ReplaceAll(s, "uv", "v")
}
