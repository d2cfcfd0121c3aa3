package intake

import (
	"context"
	"strconv"
	"strings"

	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/sheet"
	"houqin/internal/desk"
	"houqin/internal/people"
	"houqin/internal/places"
)

// jobRow is what a list of past work orders says of one.
type jobRow struct {
	Number, Title, Detail, Trade, Urgency, Department, Place, Spot, Asset, Type, Reporter, Phone, Crew, Worker, Cause, Done string
	Minutes                                                                                                                 int64
	Hours, Labour, Parts, Cost                                                                                              sheet.Decimal
	Rating                                                                                                                  int64
	ReportedAt, ArrivedAt, FinishedAt                                                                                       period.Instant
}

var jobTrades = sure(`
	electric: 电 | 电工 | 强电 | 电气 | 电路 | 照明 | 供电 | electrical | electricity | lighting
	water: 水 | 水工 | 水暖 | 给排水 | 管道 | 下水 | plumbing | plumber
	hvac: 空调 | 暖通 | 制冷 | 通风 | air conditioning | cooling | ventilation
	metal: 金工 | 焊工 | 钣金 | 铁工 | 锁 | welding | locks | locksmith
	carpentry: 木工 | 门窗 | 家具 | 泥瓦 | 泥工 | 油漆 | 土建 | carpenter | furniture | doors | painting
	lift: 电梯 | elevator | elevators | lifts
	heating: 锅炉 | 供热 | 供暖 | 蒸汽 | boiler | boilers | steam
	gas: 氧气 | 医用气体 | 气体 | 负压 | medical gas | oxygen
	it: 弱电 | 网络 | 信息 | 电话 | 电脑 | 监控 | network | telephone | computer
	equipment: 设备 | 器械 | 医疗设备 | 机械 | machine | mechanical | machinery
	cleaning: 保洁 | 清洁 | 卫生 | housekeeping | cleaner
	moving: 搬运 | 运送 | 搬家 | transport | portering
	other: 其他 | 其它 | 综合 | misc | general`)

var jobUrgencies = sure(`
	emergency: 特急 | 抢修 | 紧急抢修 | 危急 | critical | p1
	urgent: 紧急 | 加急 | 急 | high | p2
	normal: 一般 | 普通 | 正常 | 中 | medium | routine | p3
	planned: 计划 | 低 | 不急 | 计划性 | low | scheduled | p4`)

var jobRows = Kind[jobRow]{
	Name: "jobs", May: desk.MayRecord, Settings: []string{"department", "dates", "trade"},
	Columns: []Column[jobRow]{
		{Key: "title", Names: "报修内容|故障描述|故障现象|维修内容|工单标题|问题描述|故障内容|事项|original short text|original shorttext|short text|shorttext|work description|job description|problem description|summary|=标题|=内容|=描述|=故障|=title|=description|=problem|=text|=subject|request type|service type", Into: func(j *jobRow) any { return &j.Title }, Need: true, Most: 500},
		{Key: "reported_at", Names: "报修时间|报修日期|申请时间|申报时间|受理时间|登记时间|登记日期|创建时间|开单时间|reported at|report date|reported date|created date|date created|request date|opened date|basic start date|bsc start date|start date|=时间|=日期|=date|=created|=opened|=reported", Into: func(j *jobRow) any { return &j.ReportedAt }, Need: true},
		{Key: "number", Names: "工单编号|工单号|维修单号|报修单号|单据号|work order number|work order no|work order id|work order|wo number|job number|job no|ticket number|request number|=单号|=编号|=序号|=wo|=id|=number|=srnumber|=ticket", Into: func(j *jobRow) any { return &j.Number }, Most: 60},
		{Key: "detail", Names: "详细描述|详细说明|补充说明|备注|long text|=details|=detail|=notes|=note|=remarks|=comments|=说明", Into: func(j *jobRow) any { return &j.Detail }, Most: 4000},
		{Key: "type", Names: "工单类型|单据类型|维修性质|order type|pm type|pmtype|work type|job type|request type|maintenance type", Into: func(j *jobRow) any { return &j.Type }},
		{Key: "trade", Names: "工种|专业|维修类别|维修类型|报修类别|报修类型|故障类别|故障类型|trade|craft|discipline|=类别|=类型|=category|=type", Into: func(j *jobRow) any { return &j.Trade }, Spell: jobTrades},
		{Key: "urgency", Names: "紧急程度|优先级|缓急|urgency|priority", Into: func(j *jobRow) any { return &j.Urgency }, Spell: jobUrgencies},
		{Key: "department", Names: "报修科室|报修部门|申请科室|申报科室|科室名称|所属科室|requesting department|department name|department code|department|dept|=科室|=部门|=ward|=cost centre|=cost center", Into: func(j *jobRow) any { return &j.Department }},
		{Key: "place", Names: "房间编码|房间号|位置编码|地点编码|room number|room code|place code|=房间|=room", Into: func(j *jobRow) any { return &j.Place }},
		{Key: "spot", Names: "报修地点|故障地点|维修地点|具体位置|地点|位置|location|address|=spot|=where", Into: func(j *jobRow) any { return &j.Spot }},
		{Key: "asset", Names: "设备名称|设备编号|资产编号|资产名称|functional location|equipment number|equipment name|asset number|asset name|=asset|=equipment|=machine|=设备", Into: func(j *jobRow) any { return &j.Asset }},
		{Key: "reporter", Names: "报修人|申请人|申报人|联系人|reported by|requested by|reporter|requester|caller", Into: func(j *jobRow) any { return &j.Reporter }},
		{Key: "phone", Names: "联系电话|报修电话|电话|telephone|phone|extension", Into: func(j *jobRow) any { return &j.Phone }, Most: 40},
		{Key: "crew", Names: "维修班组|处理班组|班组|责任部门|维修部门|crew|team|=workshop", Into: func(j *jobRow) any { return &j.Crew }},
		{Key: "worker", Names: "维修人员|维修人|维修工|处理人|执行人|接单人|technician|assigned to|done by|completed by|=worker|=工程师", Into: func(j *jobRow) any { return &j.Worker }},
		{Key: "cause", Names: "故障原因|原因分析|=原因|failure cause|root cause|=cause|=reason", Into: func(j *jobRow) any { return &j.Cause }, Most: 1000},
		{Key: "done", Names: "处理结果|维修结果|处理情况|处理措施|维修措施|维修情况|解决方案|action taken|work done|resolution|=result", Into: func(j *jobRow) any { return &j.Done }, Most: 1000},
		{Key: "arrived_at", Names: "到场时间|到达时间|开工时间|arrived at|arrival time|response time stamp", Into: func(j *jobRow) any { return &j.ArrivedAt }},
		{Key: "finished_at", Names: "完成时间|完工时间|完成日期|完工日期|结束时间|关闭时间|closed date|completed date|completion date|finished at|finish date|end date|=completed|=closed|=finished", Into: func(j *jobRow) any { return &j.FinishedAt }},
		{Key: "minutes", Names: "维修用时（分钟）|用时分钟|工时分钟|耗时分钟|minutes|duration minutes", Into: func(j *jobRow) any { return &j.Minutes }},
		{Key: "hours", Names: "工时小时|维修工时|工时|labour hours|labor hours|hours|duration hours", Into: func(j *jobRow) any { return &j.Hours }},
		{Key: "labour", Names: "人工费用|人工费|工时费|labour cost|labor cost", Into: func(j *jobRow) any { return &j.Labour }},
		{Key: "parts", Names: "材料费用|材料费|配件费|耗材费|parts cost|material cost|materials cost", Into: func(j *jobRow) any { return &j.Parts }},
		{Key: "cost", Names: "维修费用|总费用|合计费用|维修成本|费用|金额|total cost|total actual costs|=cost|=costs|=amount|=总价", Into: func(j *jobRow) any { return &j.Cost }},
		{Key: "rating", Names: "满意度|评分|评价|rating|satisfaction|=score", Into: func(j *jobRow) any { return &j.Rating }},
	},
	Alias:    map[string]string{"labour": "labour", "external": "number"},
	Prepare:  prepareJobs,
	Complete: completeJob,
	Label:    func(j *jobRow) string { return strings.TrimSpace(j.Number + " " + shorten(j.Title)) },
	Claims:   func(_ *Plan, e *Entry[jobRow]) map[string]string { return map[string]string{"number": e.V.Number} },
	Enter:    enterJob,
}

func prepareJobs(p *Plan) error {
	if !p.has("number") {
		p.decide("intake.rule.job_by_content")
	}
	if !p.has("department") && p.Mapping.Settings["department"] == "" {
		p.decide("intake.rule.no_department", unstatedCode, unstatedName)
	}
	if t := p.Mapping.Settings["trade"]; t != "" {
		word, ok := jobTrades.find(t)
		if !ok {
			return invalid("intake.bad_setting", "trade", t, strings.Join(jobTrades.Words(), ", "))
		}
		p.facts["trade"] = word
	} else if p.facts["trade"] = "other"; p.has("asset") {
		p.facts["trade"] = "equipment"
	}
	if !p.has("trade") {
		p.decide("intake.rule.trade", "desk.trade."+p.facts["trade"])
	}
	if p.has("cost") && !p.has("labour") && !p.has("parts") {
		p.decide("intake.rule.cost_is_parts", p.title("cost"))
	}
	if !p.has("finished_at") {
		p.decide("intake.rule.finished_as_reported")
	}
	return nil
}

func completeJob(p *Plan, e *Entry[jobRow]) error {
	j := &e.V
	if j.Trade == "" {
		j.Trade = p.facts["trade"]
	}
	for key, d := range map[string]sheet.Decimal{"labour": j.Labour, "parts": j.Parts, "cost": j.Cost, "hours": j.Hours} {
		if d.Digits < 0 {
			return no(key, "intake.negative_cost")
		}
	}
	if j.Type != "" {
		j.Detail = strings.TrimSpace(j.Detail + "\n" + p.title("type") + "：" + j.Type)
		p.note("intake.rule.type_kept", p.title("type"))
	}
	if (p.has("cost") || p.has("parts")) && !e.Given["cost"] && !e.Given["parts"] {
		p.note("intake.rule.no_cost")
	}
	return nil
}

func enterJob(ctx context.Context, w *Work, e *Entry[jobRow]) (Outcome, error) {
	row := &e.V
	j := desk.PastJob{External: "row:" + e.Print + "." + strconv.Itoa(e.Twin), Number: row.Number, Title: row.Title, Detail: row.Detail, Trade: desk.Trade(row.Trade), Urgency: desk.Urgency(row.Urgency),
		Spot: row.Spot, ReporterName: row.Reporter, Phone: row.Phone, Cause: row.Cause, Done: row.Done, Minutes: row.Minutes, Rating: row.Rating,
		ReportedAt: row.ReportedAt, ArrivedAt: row.ArrivedAt, FinishedAt: row.FinishedAt}
	if row.Number != "" {
		j.External = "number:" + row.Number
	} else if e.Twin > 0 {
		w.rule("intake.rule.twins")
	}
	var err error
	if row.Department != "" {
		j.Department, err = w.department(ctx, "department", row.Department)
	} else {
		j.Department, err = w.defaultDepartment(ctx)
	}
	if err != nil {
		return "", err
	}
	if row.Asset != "" {
		j.Spot = strings.TrimSpace(j.Spot + " " + row.Asset)
	}
	if row.Place != "" {
		if j.Place, err = w.place(ctx, row.Place); err != nil {
			return "", err
		}
		if j.Place == "" {
			j.Spot = strings.TrimSpace(row.Place + " " + j.Spot)
			w.rule("intake.rule.place_as_spot")
		}
	}
	if row.Crew != "" {
		if j.Crew, err = w.department(ctx, "crew", row.Crew); err != nil {
			return "", err
		}
	}
	if row.Worker != "" {
		if j.Worker, err = w.person(ctx, row.Worker); err != nil {
			return "", err
		}
		if j.Worker == "" {
			j.Detail = strings.TrimSpace(j.Detail + "\n" + w.Plan.title("worker") + "：" + row.Worker)
			w.rule("intake.rule.worker_kept")
		}
	}
	if e.Given["hours"] && !e.Given["minutes"] {
		h := row.Hours
		h.Digits *= 60
		m, whole := h.Scaled(0)
		if !whole {
			m = int64(h.Float64() + 0.5)
		}
		j.Minutes = m
	}
	if j.Labour, err = w.fen("labour", row.Labour); err != nil {
		return "", err
	}
	if j.Parts, err = w.fen("parts", row.Parts); err != nil {
		return "", err
	}
	cost, err := w.fen("cost", row.Cost)
	if err != nil {
		return "", err
	}
	switch {
	case e.Given["parts"] && e.Given["labour"] && e.Given["cost"] && cost != j.Parts+j.Labour:
		return "", no("cost", "intake.cost_differs", (j.Parts + j.Labour).String())
	case e.Given["parts"] && !e.Given["labour"] && cost > j.Parts:
		j.Labour = cost - j.Parts
	case !e.Given["parts"] && cost > j.Labour:
		j.Parts = cost - j.Labour
	}
	_, added, err := desk.Record(ctx, w.Tx, j)
	if err != nil || !added {
		return Unchanged, err
	}
	return New, nil
}

// fen is an amount of yuan, rounded to the fen.
func (w *Work) fen(field string, d sheet.Decimal) (money.Fen, error) {
	f, exact, ok := fenOf(d, 1, 1)
	if !ok {
		return 0, no(field, "base.money")
	}
	if !exact {
		w.rule("intake.rule.rounded", w.Plan.title(field))
	}
	return f, nil
}

// place is the one with this code, path or only name; "" when there is none.
func (w *Work) place(ctx context.Context, text string) (string, error) {
	return w.once("place "+text, func() (string, error) {
		p, err := places.ByCode(ctx, w.Tx, text)
		if fault.KindOf(err) != fault.NotFound {
			return p.ID, err
		}
		if byKey, several := w.meant(text); byKey || several {
			return "", nil
		}
		for _, cond := range []string{"p.path = ?", "p.name = ?"} {
			same, err := places.Places.All(ctx, w.Tx, list.Where{}.And(cond, text), 2)
			if err != nil || len(same) == 1 {
				if len(same) == 1 {
					return same[0].ID, nil
				}
				return "", err
			}
		}
		return "", nil
	})
}

// person is the one with this number or only name; "" when there is none.
func (w *Work) person(ctx context.Context, text string) (string, error) {
	return w.once("person "+text, func() (string, error) {
		p, err := people.ByNumber(ctx, w.Tx, text)
		if fault.KindOf(err) != fault.NotFound {
			return p.ID, err
		}
		same, err := people.People.All(ctx, w.Tx, list.Where{}.And("p.name = ?", text), 2)
		if err != nil || len(same) != 1 {
			return "", err
		}
		return same[0].ID, nil
	})
}
