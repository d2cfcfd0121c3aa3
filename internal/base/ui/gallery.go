package ui

// show is what the gallery hangs on its walls, in one of two languages. It is
// sample content and no wording of the product.
type show struct {
	Words
	zh bool
}

func (s show) say(zh, en string) string {
	if s.zh {
		return zh
	}
	return en
}

func (s show) table() Table {
	t := Table{
		ID: "g-list", Caption: s.say("工单", "Jobs"), Here: "/ui?state=dispatched", Live: "jobs",
		Search: &Search{Hint: s.say("单号、地点、内容、拼音", "Number, place, words")},
		Columns: []Head{
			{Key: "no", Label: s.say("单号", "Number"), Sort: "/ui?sort=no"},
			{Key: "state", Label: s.say("状态", "State")},
			{Key: "what", Label: s.say("内容", "What")},
			{Key: "where", Label: s.say("地点", "Place"), Sort: "/ui?sort=where"},
			{Key: "who", Label: s.say("处理人", "Who")},
			{Key: "due", Label: s.say("时限", "Due"), Sort: "/ui?sort=-due", Dir: "asc"},
			{Key: "minutes", Label: s.say("工时（分）", "Minutes"), Num: true},
			{Key: "cost", Label: s.say("费用（元）", "Cost (yuan)"), Num: true, Minor: true},
		},
		Filters: []Filter{
			{Key: "state", Label: s.say("状态", "State"), Values: []string{"dispatched"}, Options: []Option{
				{Value: "reported", Label: s.say("待派工", "Reported")}, {Value: "dispatched", Label: s.say("已派工", "Dispatched")},
				{Value: "working", Label: s.say("处理中", "Working")}, {Value: "done", Label: s.say("已完成", "Done")}}},
			{Key: "kind", Label: s.say("类别", "Kind"), Kind: FilterOne, Options: []Option{{Value: "e", Label: s.say("电", "Electric")}, {Value: "w", Label: s.say("水", "Water")}}},
			{Key: "day", Label: s.say("报修日期", "Reported on"), Kind: FilterDay, From: "2026-11-01"},
			{Key: "cost", Label: s.say("费用", "Cost"), Kind: FilterNumber, Unit: s.T("ui.yuan")},
			{Key: "dept", Label: s.say("科室", "Department"), Kind: FilterRef, Source: "/pick/department"},
		},
		Chips: []Chip{{s.say("状态", "State"), s.say("已派工", "Dispatched"), "/ui"}, {s.say("报修日期", "Reported on"), s.say("11-01 起", "from 11-01"), "/ui"}},
		Keep:  []Pair{{"sort", "-due"}}, ClearHref: "/ui",
		Views:   []Link{{Label: s.say("全部", "All"), Href: "/ui"}, {Label: s.say("今天到期", "Due today"), Href: "/ui?v=1", Current: true}, {Label: s.say("我们班组", "Our crew"), Href: "/ui?v=2"}},
		Exports: []Action{Button("Excel", "/ui?format=xlsx"), Button("CSV", "/ui?format=csv")},
		Bulk:    []Action{{Label: s.say("签单", "Sign off"), Icon: "checks", Post: "/ui", Tone: Accent}, {Label: s.say("退回", "Return"), Post: "/ui", Tone: Danger, Confirm: s.say("退回所选工单？", "Return these jobs?")}},
		Count:   s.say("1,000+ 条", "1,000+ rows"), Next: "/ui?after=1",
	}
	for n, r := range []struct {
		state, what, where, who, due string
		tone, edge                   Tone
	}{
		{s.say("待派工", "Reported"), s.say("治疗室插座冒火花", "Sparks from a socket in the treatment room"), s.say("外科楼 3 层 治疗室", "Surgery 3F, treatment room"), "", s.say("超时 12 分", "12 min late"), Accent, Danger},
		{s.say("已派工", "Dispatched"), s.say("卫生间漏水", "Leak in the bathroom"), s.say("内科楼 5 层 512", "Medicine 5F, 512"), s.say("王建国", "Wang Jianguo"), s.say("14:30", "14:30"), Accent, Soon},
		{s.say("处理中", "Working"), s.say("空调不制冷，室温 29 度，已影响术后病人，请尽快；备用机在库房", "No cooling, 29 degrees, patients after surgery suffer; a spare is in the store"), s.say("外科楼 6 层 护士站", "Surgery 6F, nurses' station"), s.say("李强、赵敏", "Li Qiang, Zhao Min"), s.say("今天 17:00", "today 17:00"), Accent, Plain},
		{s.say("待配件", "Waiting"), s.say("电梯 2 号按钮失灵", "Button of lift 2 dead"), s.say("门诊楼 1 层", "Clinic 1F"), s.say("外包：迅达", "Contractor: Xunda"), s.say("明天", "tomorrow"), Soon, Plain},
		{s.say("已完成", "Done"), s.say("更换灯管", "Lamp replaced"), s.say("行政楼 2 层 203", "Office 2F, 203"), s.say("王建国", "Wang Jianguo"), s.say("昨天", "yesterday"), Done, Plain},
		{s.say("已取消", "Cancelled"), s.say("重复报修", "Reported twice"), s.say("内科楼 5 层 512", "Medicine 5F, 512"), "", "11-03", Quiet, Plain},
	} {
		no := "WX-2026-00018" + string(rune('0'+n))
		due := Cell{Text: r.due}
		if r.edge != Plain {
			due.Tone = r.edge
		}
		t.Rows = append(t.Rows, Row{Href: "/ui?row=" + no, Check: no, Tone: r.edge, Quiet: r.tone == Quiet, Cells: []Cell{
			{Text: no}, {Text: r.state, State: true, Tone: r.tone}, {Text: r.what}, {Text: r.where}, {Text: r.who}, due, {Text: []string{"", "15", "40", "125", "8", ""}[n]}, {Text: []string{"", "", "36.50", "1,280.00", "12.00", ""}[n]}}})
	}
	return t
}

// fields are one of every kind; wrong gives some of them a complaint.
func (s show) fields(wrong bool) []Field {
	bad := func(zh, en string) string {
		if wrong {
			return s.say(zh, en)
		}
		return ""
	}
	return []Field{
		{Name: "kind", Label: s.say("什么坏了", "What is broken"), Kind: KindCards, Required: true, Value: "electric", Options: []Option{
			{Value: "electric", Label: s.say("电", "Electric"), Icon: "bolt"}, {Value: "water", Label: s.say("水", "Water"), Icon: "droplet"},
			{Value: "air", Label: s.say("空调", "Air conditioning"), Icon: "air-conditioning"}, {Value: "lift", Label: s.say("电梯", "Lift"), Icon: "elevator", Hint: s.say("困人请打 8119", "Somebody inside: call 8119")},
			{Value: "gas", Label: s.say("氧气", "Oxygen"), Icon: "wind", Off: true, Hint: s.say("夜间由值班员处理", "At night: the operator")}}},
		{Name: "place", Label: s.say("地点", "Place"), Kind: KindRef, Required: true, Source: "/pick/place", Value: "p1", Shown: s.say("内科楼 5 层 512", "Medicine 5F, 512"),
			Favours: []Option{{Value: "p2", Label: s.say("护士站", "Nurses' station")}, {Value: "p3", Label: s.say("治疗室", "Treatment room")}}, Error: bad("这个房间已停用", "This room is closed")},
		{Name: "what", Label: s.say("说明", "What happened"), Kind: KindArea, Max: 500, Hint: s.say("说清现象，不必判断原因", "Say what you see, not why"), Value: s.say("插座冒火花，已断电", "Sparks, switched off")},
		{Name: "phone", Label: s.say("联系电话", "Phone"), Kind: KindPhone, Half: true, Value: "6512", Error: bad("分机号是四位数字", "An extension has four digits")},
		{Name: "urgency", Label: s.say("紧急程度", "Urgency"), Kind: KindChoice, Half: true, Required: true, Options: []Option{{Value: "1", Label: s.say("一般", "Ordinary")}, {Value: "2", Label: s.say("紧急", "Urgent")}}},
		{Name: "day", Label: s.say("期望日期", "Wanted on"), Kind: KindDay, Half: true, Value: "2026-11-21"},
		{Name: "from", Label: s.say("发生时间", "Happened at"), Kind: KindInstant, Half: true},
		{Name: "count", Label: s.say("数量", "Quantity"), Kind: KindNumber, Half: true, Unit: s.say("个", "pcs"), Value: "3"},
		{Name: "cost", Label: s.say("估价", "Estimate"), Kind: KindMoney, Half: true, Value: "1280.50", Error: bad("超过科室限额 1,000.00", "Above the department's limit of 1,000.00")},
		{Name: "code", Label: s.say("设备编码", "Code of the device"), Kind: KindCode, Half: true, Example: s.say("扫码或输入", "Scan or type")},
		{Name: "locked", Label: s.say("报修科室", "Department"), Half: true, Locked: true, Value: s.say("内一科", "Medicine 1")},
		{Name: "days", Label: s.say("可以进入的时段", "When one may enter"), Kind: KindChoices, Values: []string{"am"}, Options: []Option{{Value: "am", Label: s.say("上午", "Morning")}, {Value: "pm", Label: s.say("下午", "Afternoon")}, {Value: "night", Label: s.say("夜间", "Night")}}},
		{Name: "urgent", Label: s.say("影响病人安全", "Patients are at risk"), Kind: KindCheck, Hint: s.say("勾选后立即通知值班", "Calls the person on duty at once")},
		{Name: "head", Label: s.say("领用物品", "Goods"), Kind: KindHead},
		{Name: "lines", Label: s.say("明细", "Lines"), Kind: KindLines, Columns: []Field{
			{Name: "item", Label: s.say("物品", "Item"), Kind: KindRef, Required: true, Source: "/pick/item"},
			{Name: "unit", Label: s.say("单位", "Unit"), Kind: KindShown},
			{Name: "quantity", Label: s.say("数量", "Quantity"), Kind: KindNumber, Required: true},
			{Name: "note", Label: s.say("备注", "Note")},
		}, Lines: [][]Field{
			{{Value: "i1", Shown: s.say("五孔插座 10A", "Socket 10 A")}, {Shown: s.say("个", "pcs")}, {Value: "2"}, {}},
			{{Value: "i2", Shown: s.say("绝缘胶带", "Insulating tape")}, {Shown: s.say("卷", "rolls")}, {Value: "60", Error: bad("库存只有 12 卷", "Only 12 rolls in stock")}, {}},
		}},
		{Name: "photo", Label: s.say("照片", "Photos"), Kind: KindPhoto, Many: true},
		{Name: "sign", Label: s.say("签名", "Signature"), Kind: KindSignature},
	}
}

func (s show) form(id string, wrong bool) Form {
	f := Form{ID: id, Action: "/ui", Key: "k-" + id, Version: "7", Fields: s.fields(wrong), Submit: s.say("报修", "Report"), Cancel: "/ui", Draft: true, Who: "p1",
		More: []Action{{Name: "save", Label: s.say("存草稿", "Keep for later")}}}
	if wrong {
		f.Errors = []string{s.say("本月预算已用完，需要科长同意", "This month's budget is used up; the head must agree")}
	}
	return f
}

func (s show) actions() []Action {
	ask := Form{ID: "g-pause", Action: "/ui", Inline: true, Submit: s.say("暂停", "Pause"), Fields: []Field{
		{Name: "why", Label: s.say("原因", "Reason"), Kind: KindChoice, Required: true, Options: []Option{{Value: "parts", Label: s.say("等配件", "Parts")}, {Value: "access", Label: s.say("进不去", "No access")}}},
		{Name: "note", Label: s.say("说明", "Note")}}}
	return []Action{
		{Name: "finish", Label: s.say("完成", "Finish"), Icon: "check", Post: "/ui", Tone: Accent},
		{Name: "pause", Label: s.say("暂停", "Pause"), Icon: "player-pause", Ask: &ask},
		{Name: "print", Label: s.say("打印", "Print"), Icon: "printer", Href: "/ui"},
		{Name: "cancel", Label: s.say("取消工单", "Cancel the job"), Post: "/ui", Tone: Danger, Confirm: s.say("取消后不能恢复。确定取消这张工单？", "This cannot be undone. Cancel this job?")},
		{Name: "sign", Label: s.say("签单", "Sign off"), Closed: s.say("完成后由报修科室签", "By the reporting department, once finished")},
	}
}

func (s show) stages() []Stage {
	return []Stage{{s.say("报修", "Reported"), "13:52", Passed}, {s.say("派工", "Dispatched"), "13:55", Passed}, {s.say("到场", "Arrived"), "14:05", Passed}, {s.say("处理中", "Working"), "", Now}, {s.say("完成", "Done"), "", Ahead}, {s.say("签单", "Signed off"), "", Ahead}}
}

func (s show) facts() []Fact {
	return []Fact{
		{Label: s.say("单号", "Number"), Text: "WX-2026-000181", Num: true},
		{Label: s.say("状态", "State"), Text: s.say("处理中", "Working"), State: true, Tone: Accent},
		{Label: s.say("报修科室", "Department"), Text: s.say("内一科", "Medicine 1"), Href: "/ui"},
		{Label: s.say("时限", "Due"), Text: s.say("今天 14:30", "today 14:30"), Sub: s.say("还有 12 分", "12 min left"), Tone: Soon},
		{Label: s.say("费用", "Cost"), Text: "36.50", Num: true, Sub: s.T("ui.yuan")},
		{Label: s.say("外包单位", "Contractor")},
		{Label: s.say("说明", "What happened"), Text: s.say("治疗室东墙插座冒火花，护士已断电。\n旁边是氧气接口。", "Sparks from the socket at the east wall, switched off.\nAn oxygen outlet is next to it."), Wide: true},
	}
}

func (s show) story() []Entry {
	return []Entry{
		{When: s.say("今天 14:05", "today 14:05"), Who: s.say("王建国", "Wang Jianguo"), What: s.say("到场", "arrived"), Tone: Accent},
		{When: "13:58", Who: s.say("王建国", "Wang Jianguo"), What: s.say("接单", "accepted")},
		{When: "13:55", Who: s.say("调度 刘芳", "Dispatcher Liu Fang"), What: s.say("派工给电工班", "dispatched to the electricians"), Note: s.say("先断电，注意氧气接口", "Power off first; mind the oxygen outlet")},
		{When: "13:53", Who: s.say("系统", "Houqin"), What: s.say("催单 1 次", "hastened once"), Icon: "alarm", Tone: Soon},
		{When: "13:52", Who: s.say("护士 陈静", "Nurse Chen Jing"), What: s.say("报修", "reported"), Pics: []Photo{{Href: "/ui", Name: "IMG_2031.jpg"}}},
	}
}

func (s show) lanes() []Lane {
	job := func(n, title, where, who, when string, tone Tone) Job {
		return Job{Href: "/ui?job=" + n, Number: "WX-" + n, Title: title, Where: where, Who: who, When: when, WhenTone: tone, Tone: tone, Icon: "bolt"}
	}
	a := job("000181", s.say("插座冒火花", "Sparks from a socket"), s.say("外科楼 3 层 治疗室", "Surgery 3F, treatment"), "", s.say("超时 12 分", "12 min late"), Danger)
	a.Marks = []Mark{{s.say("紧急", "Urgent"), Danger}, {s.say("催 2", "Hastened 2×"), Soon}}
	a.Actions = []Action{{Label: s.say("派工", "Dispatch"), Href: "/ui", Tone: Accent}}
	return []Lane{
		{Key: "new", Title: s.say("待派工", "To dispatch"), Count: "2", Tone: Danger, Cards: []Job{a, job("000182", s.say("卫生间漏水", "Leak in the bathroom"), s.say("内科楼 512", "Medicine 512"), "", "14:30", Soon)}},
		{Key: "sent", Title: s.say("已派工", "Dispatched"), Count: "1", Tone: Accent, Cards: []Job{job("000179", s.say("空调不制冷", "No cooling"), s.say("外科楼 6 层", "Surgery 6F"), s.say("李强", "Li Qiang"), "17:00", Plain)}},
		{Key: "work", Title: s.say("处理中", "Working"), Count: "0"},
		{Key: "done", Title: s.say("已完成", "Done"), Count: "38", Tone: Done, Cards: []Job{job("000175", s.say("更换灯管", "Lamp replaced"), s.say("行政楼 203", "Office 203"), s.say("王建国", "Wang Jianguo"), s.say("昨天", "yesterday"), Plain)}, More: &Link{Label: s.say("其余 37 张", "37 more"), Href: "/ui"}},
	}
}

// GalleryForm is a form with one field of every kind, or the same with complaints.
func GalleryForm(w Words, lang, id string, wrong bool) Form {
	return show{w, lang != "en"}.form(id, wrong)
}
