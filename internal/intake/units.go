package intake

import (
	"math/big"

	"houqin/internal/base/money"
	"houqin/internal/base/sheet"
)

// units are the words in which goods are counted, each with the ways in which stores
// write it. A unit stays in the language of its file; only spellings become one.
var units = spelling("intake.unknown_unit", `
	each: ea | eac
	piece: pcs | pc | pieces
	item: items
	box: bx | boxes
	case: cs | cases
	carton: ctn | cartons
	crate: crates
	pallet: plt | pallets
	pack: pk | packs
	packet: pkt | packets
	package: pkg | packages
	bag: bg | bags
	bottle: btl | btls | bottles
	jar: jars
	jug: jugs
	can: cn | cans
	tin: tins
	tub: tubs
	drum: drums
	container: containers
	tube: tb | tubes
	vial: vl | vials
	ampoule: amp | amps | ampoules | ampule | ampules
	syringe: syr | syringes
	cartridge: cartridges
	tablet: tab | tabs | tablets
	capsule: cap | caps | capsules
	sachet: sachets
	suppository: supp | suppositories
	insert: inserts | vaginal insert
	implant: implants
	patch: patches
	sheet: sheets
	roll: rl | rolls
	ream: reams
	pair: pr | pairs
	set: sets
	kit: kits
	cart: carts
	tray: trays
	test: tests
	cycle: cycles
	dose: doses
	dozen: dz | doz
	pint: pt | pints
	gallon: gal | gallons
	kg: kilo | kgs | kilogram | kilograms
	g: gram | grams
	mg: milligram | milligrams
	t: ton | tonne | tonnes
	L: l | ltr | litre | liter | litres | liters
	mL: ml | millilitre | milliliter
	m: metre | meter | metres | meters
	m²: m2 | sqm
	m³: m3 | cbm
	千克: 公斤
	克:
	毫克:
	吨:
	升: 公升
	毫升:
	米: 公尺
	平方米: 平米 | ㎡
	立方米: 立方 | ㎥
	个: 個
	只: 隻
	支: 枝
	瓶:
	盒:
	箱:
	包:
	袋:
	卷: 捲
	张: 張
	片:
	粒: 颗
	根:
	条: 條
	块: 塊
	套:
	台: 臺 | 部
	件:
	把:
	双: 雙
	副: 付
	对: 對
	桶:
	罐: 听
	本:
	册:
	架:
	辆:
	组: 組
	捆: 扎
	提:
	板:
	贴:
	份: 人份
	顶:
	床:
	盘:
	筒:
	刀:
	令:
	打:
	节: 節
	枚:
	管:
	针:
	剂:
	丸:
	次:
	樽:
	车:
	匹:
	株: 棵
	朵:
	面:
	扇:
	座:
	间:
	串:
	篮:
	筐:
	壶:
	缸:
	碗:
	杯:
	封:
	幅:
	层:
	列:
	排:
	束:
	测试: 人次`)

// latin says whether a unit is written in Latin letters.
func latin(unit string) bool { return unit != "" && unit[0] < 0x80 }

// fenOf is a number of yuan, divided, in fen: rounded once, half to the even fen.
// exact says whether nothing was rounded, ok whether it fits the books.
func fenOf(yuan sheet.Decimal, times, parts int64) (f money.Fen, exact, ok bool) {
	ten := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(yuan.Places)), nil)
	n := new(big.Int).Mul(big.NewInt(yuan.Digits), big.NewInt(times))
	n.Mul(n, big.NewInt(100))
	whole := ten.Mul(ten, big.NewInt(parts))
	if whole.Sign() <= 0 {
		return 0, false, false
	}
	q, rest := new(big.Int).QuoRem(n, whole, new(big.Int))
	twice := new(big.Int).Abs(rest)
	switch c := twice.Lsh(twice, 1).Cmp(whole); {
	case c > 0, c == 0 && q.Bit(0) == 1:
		q.Add(q, big.NewInt(int64(n.Sign())))
	}
	if !q.IsInt64() {
		return 0, false, false
	}
	return money.Fen(q.Int64()), rest.Sign() == 0, true
}
