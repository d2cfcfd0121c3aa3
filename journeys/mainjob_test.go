package journeys

import (
	"regexp"
	"testing"
)

// The main job, by the hands of five people: a ward reports on a phone, the centre
// sends somebody, the work is done with a part from the store, the ward signs, and
// the cost stands on its department.
func TestTheMainJob(t *testing.T) {
	ward := as(t, nurse, Phone, "zh", false)
	ward.See("我的科室")
	ward.Click("报修")
	ward.Click("电")
	ward.Type("故障内容", "换药室射灯忽明忽暗")
	ward.Click("button[type=submit].btn-accent")
	ward.See("换药室射灯忽明忽暗", "待派工")
	job := ward.Location()

	desk := as(t, dispatcher, Desktop, "zh", false)
	desk.See("派工台", "换药室射灯忽明忽暗") // it is on the board without anybody having called
	desk.Go(job)
	desk.Click("派工")
	desk.Type("维修人", "李欣建")
	desk.NotSee("许勇") // the list holds only who is meant
	desk.Click("[role=option]")
	desk.Click("#step-dispatch button[type=submit]")
	desk.See("已派工", "李欣建")

	work := as(t, technician, Phone, "zh", false)
	work.See("换药室射灯忽明忽暗")
	work.Go(job)
	work.Click("接单")
	work.Click("到场")
	work.Click("完工")
	work.Type("处理结果", "更换射灯")
	work.Type("用时", "25")
	work.Type("#step-finish [name='parts.0.item']", "10010")
	work.NotSee("10256")
	work.Click("[role=option]")
	work.Type("#step-finish [name='parts.0.qty']", "1")
	work.Type("从哪个库领料", "维修材料库")
	work.NotSee("总务库房")
	work.Click("[role=option]")
	work.Click("#step-finish button[type=submit]")
	work.See("待签单")

	ward.Go(job)
	ward.See("更换射灯")
	ward.Click("签单")
	ward.Type("或在此输入姓名", "黄艳兰")
	ward.Click("#step-sign button[type=submit]")
	ward.See("已签单", "材料费")
	number := regexp.MustCompile(`WX-\d{4}-\d{6}`).FindString(ward.Text())

	// The part is on the stock card, and what it cost is on the ward.
	store := as(t, storekeeper, Desktop, "zh", false)
	store.Go(house.srv.URL + "/warehouse/stock?q=应急灯+双头")
	store.Click("应急灯 双头")
	store.See("今天", "心血管内科")
	boss := as(t, director, Desktop, "zh", false)
	boss.Go(house.srv.URL + "/warehouse/consumption?q=应急灯+双头")
	boss.See("心血管内科")

	// The signed slip prints in three copies.
	ward.Go(job + "/slip?copies=3")
	ward.See("存根联", "科室联", "黄艳兰", number)
}
