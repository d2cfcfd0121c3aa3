package journeys

import "testing"

// A nurse fills a long form while her session ends: the page sends her to the door, and
// behind it everything she typed stands where it stood, to be sent and taken once.
func TestWhatWasTypedSurvivesALostSession(t *testing.T) {
	ward := as(t, nurse, Phone, "zh", false)
	ward.See("我的科室")
	ward.Click("报修")
	ward.Click("木")
	ward.Type("故障内容", "治疗室柜门合页松脱，一碰就掉")
	ward.Type("[name=detail]", "早上六点发现，已用胶带贴住。请先带合页和螺丝再来。")
	ward.Tolerate("401")
	ward.Eval(`new Promise(r => setTimeout(r, 600)).then(() => fetch("/sign-out", {method: "POST"})).then(() => 0)`, nil)
	ward.Click("button[type=submit].btn-accent")
	ward.See("刚才填写的内容还在")
	ward.Click(`button[value="` + nurse + `"]`)
	ward.See("治疗室柜门合页松脱，一碰就掉", "请先带合页和螺丝再来")
	ward.Click("button[type=submit].btn-accent")
	ward.See("治疗室柜门合页松脱，一碰就掉", "待派工", "请先带合页和螺丝再来")
}
