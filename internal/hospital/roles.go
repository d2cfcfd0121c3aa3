package hospital

import (
	"slices"

	"houqin/internal/approvals"
	"houqin/internal/assets"
	"houqin/internal/calendar"
	"houqin/internal/catalog"
	"houqin/internal/counting"
	"houqin/internal/departments"
	"houqin/internal/desk"
	"houqin/internal/disposal"
	"houqin/internal/distribution"
	"houqin/internal/files"
	"houqin/internal/intake"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/purchasing"
	"houqin/internal/receiving"
	"houqin/internal/requests"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/wardstores"
	"houqin/internal/warehouse"
)

// Permissions are all that can be permitted, room by room.
var Permissions = slices.Concat(
	rules.Permissions,
	departments.Permissions,
	places.Permissions,
	people.Permissions,
	calendar.Permissions,
	catalog.Permissions,
	suppliers.Permissions,
	files.Permissions,
	approvals.Permissions,
	warehouse.Permissions,
	disposal.Permissions,
	distribution.Permissions,
	counting.Permissions,
	assets.Permissions,
	requests.Permissions,
	wardstores.Permissions,
	purchasing.Permissions,
	receiving.Permissions,
	desk.Permissions,
	intake.Permissions,
	messages.Permissions,
)

// Roles are what a new hospital begins with; it edits their rights as it likes.
// Nobody holds two of the last three, and none of them works on the books: what they
// need to set the house up they hand to the keeper of its basic data. Those who
// approve, who answer for money and goods, or who may take everything away give a
// second factor at the door.
var Roles = []people.RoleSpec{
	{Code: "ward", NameZh: "护士", NameEn: "Nurse", Rights: []string{
		wardstores.MayUse,
		requests.MayAsk,
		purchasing.MayAsk,
		desk.MayReport, desk.MaySign,
		assets.MayTell,
		files.MayAttach,
	}},
	{Code: "head_nurse", NameZh: "护士长", NameEn: "Head nurse", Rights: []string{
		wardstores.MayUse, wardstores.MayLead, wardstores.MaySee,
		requests.MayAsk, requests.MaySee,
		purchasing.MayAsk,
		approvals.MaySee,
		desk.MayReport, desk.MaySign, desk.MayCancel,
		warehouse.MaySee,
		assets.MaySee, assets.MayTell,
		files.MayAttach,
		disposal.MaySee, disposal.MayDraw, disposal.MayApply,
		counting.MaySee,
	}},
	{Code: "dispatcher", NameZh: "调度员", NameEn: "Dispatcher", Rights: []string{
		desk.MayReport, desk.MayDispatch, desk.MayRoster, desk.MaySchedule, desk.MayHang, desk.MaySee, desk.MayCancel,
		departments.MaySee,
		people.MaySee,
		assets.MaySee, assets.MayTell,
		files.MayAttach,
	}},
	{Code: "technician", NameZh: "维修工", NameEn: "Technician", Rights: []string{
		desk.MayWork, desk.MayReport,
		warehouse.MayUse,
		assets.MaySee, assets.MayTell, assets.MayLend,
		files.MayAttach,
	}},
	{Code: "storekeeper", NameZh: "库管员", NameEn: "Storekeeper", Factor: true, Rights: []string{
		wardstores.MaySee, wardstores.MayReconcile,
		receiving.MaySee, receiving.MayReceive, receiving.MayCheck,
		requests.MayServe,
		purchasing.MaySee,
		desk.MayReport,
		warehouse.MaySee, warehouse.MayReceive, warehouse.MayIssue, warehouse.MayReverse, warehouse.MayKeep, warehouse.MayClose,
		catalog.MayChange,
		suppliers.MaySee, suppliers.MayComplain, suppliers.MayChange,
		departments.MaySee,
		files.MayAttach,
		assets.MaySee, assets.MayTell,
		disposal.MaySee, disposal.MayDraw, disposal.MayKeep,
		counting.MaySee, counting.MayArrange, counting.MayCount, counting.MaySettle,
		distribution.MaySee, distribution.MayDraw, distribution.MayHand,
		intake.MayImport,
	}},
	{Code: "section_head", NameZh: "科长", NameEn: "Section head", Factor: true, Rights: []string{
		wardstores.MaySee, wardstores.MayReconcile,
		receiving.MaySee, receiving.MayCheck, receiving.MayClear,
		requests.MaySee, requests.MayArrange, requests.MayExcuse,
		purchasing.MayAsk, purchasing.MaySee,
		approvals.MaySee,
		desk.MayReport, desk.MayDispatch, desk.MaySee, desk.MayCancel, desk.MayLead, desk.MayRoster, desk.MaySchedule,
		people.MayCertify, people.MaySee,
		warehouse.MaySee,
		departments.MaySee,
		suppliers.MaySee, suppliers.MayComplain, suppliers.MayAnswer,
		assets.MaySee, assets.MayTell, assets.MayChange, assets.MayLend,
		files.MayAttach,
		rules.MayPropose,
		disposal.MaySee, disposal.MayDraw, disposal.MayVerify, disposal.MaySell,
		counting.MaySee, counting.MayArrange, counting.MayCount, counting.MaySettle,
		distribution.MaySee, distribution.MayRelease,
	}},
	{Code: "director", NameZh: "后勤主任", NameEn: "Logistics director", Factor: true, Rights: []string{
		wardstores.MaySee,
		receiving.MaySee, receiving.MayClear,
		requests.MaySee, requests.MayArrange, requests.MayExcuse,
		purchasing.MaySee, purchasing.MayLeave,
		approvals.MaySee,
		desk.MayReport, desk.MayArrange, desk.MayHang, desk.MaySee, desk.MayCancel, desk.MayLead, desk.MayRoster, desk.MaySchedule,
		people.MayCertify, people.MaySee,
		warehouse.MaySee,
		departments.MaySee,
		suppliers.MaySee, suppliers.MayConfirm, suppliers.MayAnswer, suppliers.MayBlock,
		calendar.MayChange,
		assets.MaySee, assets.MayTell,
		files.MayAttach,
		rules.MayPropose, rules.MayConfirm,
		approvals.MayForce,
		disposal.MaySee, disposal.MayDraw, disposal.MayApply,
		counting.MaySee, counting.MayArrange,
		distribution.MaySee, distribution.MayRelease,
	}},
	{Code: "planner", NameZh: "计划员", NameEn: "Planner", Factor: true, Rights: []string{
		receiving.MaySee,
		purchasing.MayPlan, purchasing.MaySee,
		desk.MayReport,
		warehouse.MaySee,
		catalog.MayChange,
		departments.MaySee,
		suppliers.MaySee,
		files.MayAttach,
	}},
	{Code: "buyer", NameZh: "采购员", NameEn: "Buyer", Factor: true, Rights: []string{
		receiving.MaySee,
		purchasing.MayBuy, purchasing.MaySee,
		desk.MayReport,
		warehouse.MaySee,
		departments.MaySee,
		suppliers.MaySee, suppliers.MayAnswer, suppliers.MayChange,
		files.MayAttach,
	}},
	{Code: "property_accountant", NameZh: "资产会计", NameEn: "Property accountant", Factor: true, Rights: []string{
		wardstores.MaySee,
		receiving.MaySee, receiving.MayCheck,
		approvals.MaySee,
		purchasing.MaySee,
		desk.MayReport,
		warehouse.MaySee,
		departments.MaySee,
		suppliers.MaySee, suppliers.MayComplain,
		assets.MaySee, assets.MayTell, assets.MayChange, assets.MayLend,
		files.MayAttach,
		disposal.MaySee, disposal.MayVerify,
		counting.MaySee, counting.MayArrange, counting.MayCount, counting.MaySettle, counting.MayPost,
	}},
	{Code: "vice_president", NameZh: "分管副院长", NameEn: "Vice-president in charge", Factor: true, Rights: []string{
		wardstores.MaySee,
		receiving.MaySee,
		requests.MaySee,
		purchasing.MaySee,
		approvals.MaySee,
		files.MayAttach,
		desk.MaySee, desk.MayLead,
		warehouse.MaySee,
		departments.MaySee,
		people.MaySee,
		suppliers.MaySee,
		assets.MaySee,
		rules.MayConfirm,
		approvals.MayForce,
		disposal.MaySee,
		counting.MaySee,
	}},
	{Code: "president", NameZh: "院长", NameEn: "President", Factor: true, Rights: []string{
		wardstores.MaySee,
		receiving.MaySee,
		requests.MaySee,
		purchasing.MaySee,
		approvals.MaySee,
		desk.MaySee,
		warehouse.MaySee,
		departments.MaySee,
		people.MaySee,
		suppliers.MaySee,
		assets.MaySee,
		files.MayAttach,
		disposal.MaySee,
		counting.MaySee,
	}},
	{Code: "secretary", NameZh: "院办秘书", NameEn: "Office secretary", Factor: true, Rights: []string{
		approvals.MayEnter,
		desk.MayReport,
		departments.MaySee,
		files.MayAttach,
	}},
	{Code: "auditor", NameZh: "审计", NameEn: "Auditor", Factor: true, Rights: []string{
		wardstores.MaySee,
		receiving.MaySee,
		requests.MaySee,
		purchasing.MaySee,
		approvals.MaySee,
		desk.MaySee,
		warehouse.MaySee,
		departments.MaySee,
		people.MaySee, people.MayProve,
		suppliers.MaySee,
		assets.MaySee,
		disposal.MaySee,
		counting.MaySee,
		distribution.MaySee,
	}},
	{Code: "finance", NameZh: "财务", NameEn: "Finance", Factor: true, Rights: []string{
		wardstores.MaySee, wardstores.MayAudit,
		receiving.MaySee, receiving.MayMatch,
		requests.MaySee,
		approvals.MaySee,
		purchasing.MayAudit, purchasing.MaySee,
		desk.MayReport,
		warehouse.MaySee, warehouse.MayAgree,
		suppliers.MaySee, suppliers.MayConfirm,
		departments.MaySee,
		assets.MaySee, assets.MayRecover,
		files.MayAttach,
		disposal.MaySee, disposal.MayVerify, disposal.MayCash,
		counting.MaySee, counting.MayPost,
		distribution.MaySee,
	}},
	{Code: "data_clerk", NameZh: "基础资料管理员", NameEn: "Keeper of basic data", Factor: true, Rights: []string{
		requests.MayArrange,
		approvals.MayRoute,
		people.MaySee,
		departments.MaySee, departments.MayChange,
		places.MayChange,
		catalog.MayChange,
		calendar.MayChange,
		warehouse.MayKeep, warehouse.MaySee,
		suppliers.MaySee, suppliers.MayChange,
		desk.MayReport, desk.MaySee, desk.MayHang, desk.MayRecord,
		assets.MaySee, assets.MayTell, assets.MayChange, assets.MayLend,
		files.MayAttach, files.MayRemove,
		intake.MayImport,
		purchasing.MayTakeOver,
	}},
	{Code: "administrator", NameZh: "系统管理员", NameEn: "System administrator", Rights: []string{
		people.SystemSeat, people.MayHire, people.MaySee,
		messages.MayRun,
		departments.MaySee, departments.MayChange,
		places.MayChange,
		intake.MayImport,
	}},
	{Code: "security_admin", NameZh: "安全管理员", NameEn: "Security administrator", Rights: []string{
		people.SecuritySeat, people.MayGrant, people.MayWatch, people.MaySee,
		departments.MaySee,
	}},
	{Code: "audit_admin", NameZh: "审计管理员", NameEn: "Audit administrator", Rights: []string{
		people.AuditSeat, people.MayWatch, people.MayProve, people.MaySee,
		departments.MaySee,
	}},
}
