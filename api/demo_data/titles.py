"""What Huikang calls its posts, departments and other ids in both languages, on pages and payslips."""

from collections.abc import Iterable, Sequence

from api.demo_data.sheets import Row, csv_bytes

COLUMNS = "类别 编码 中文名称 英文名称 登记日期".split()

_TOLD = (
    ("分公司", "BJ", "北京分公司", "Beijing"),
    ("分公司", "SH", "上海分公司", "Shanghai"),
    ("分公司", "GZ", "广州分公司", "Guangzhou"),
    ("部门", "总经办", "总经办", "General office"),
    ("部门", "销售部", "销售部", "Sales"),
    ("部门", "人力资源部", "人力资源部", "Human resources"),
    ("部门", "财务部", "财务部", "Finance"),
    ("部门", "生产部", "生产部", "Production"),
    ("部门", "研发部", "研发部", "Research and development"),
    ("部门", "仓储部", "仓储部", "Warehouse"),
    ("部门", "客服部", "客服部", "Customer service"),
    ("部门", "信息部", "信息部", "IT"),
    ("部门", "行政部", "行政部", "Administration"),
    ("岗位", "seller", "销售代表", "Sales representative"),
    ("岗位", "sales supervisor", "销售主管", "Sales supervisor"),
    ("岗位", "branch manager", "分公司经理", "Branch manager"),
    ("岗位", "总经理", "总经理", "General manager"),
    ("岗位", "人事经理", "人事经理", "HR manager"),
    ("岗位", "人事专员", "人事专员", "HR officer"),
    ("岗位", "财务经理", "财务经理", "Finance manager"),
    ("岗位", "会计", "会计", "Accountant"),
    ("岗位", "质检员", "质检员", "Quality inspector"),
    ("岗位", "工程师", "工程师", "Engineer"),
    ("岗位", "仓管员", "仓管员", "Warehouse keeper"),
    ("岗位", "客服专员", "客服专员", "Service agent"),
    ("岗位", "运维工程师", "运维工程师", "Systems engineer"),
    ("岗位", "行政专员", "行政专员", "Administrator"),
    ("技能", "demonstration", "产品演示", "Product demonstration"),
    ("技能", "objections", "客户异议处理", "Handling objections"),
    ("客户类型", "hospital", "医院", "Hospital"),
    ("客户类型", "clinic", "诊所", "Clinic"),
    ("客户类型", "distributor", "经销商", "Distributor"),
    ("跟进方式", "call", "电话", "Call"),
    ("跟进方式", "message", "微信", "Message"),
    ("跟进方式", "mail", "邮件", "Mail"),
    ("跟进方式", "meeting", "会议", "Meeting"),
    ("投诉类型", "交货延迟", "交货延迟", "Late delivery"),
    ("投诉类型", "票据错误", "票据错误", "Wrong invoice"),
    ("投诉类型", "售后响应慢", "售后响应慢", "Slow service"),
    ("角色", "production", "生产部", "Production"),
    ("角色", "manager", "直属经理", "Direct manager"),
    ("渠道", "douyin", "抖音", "Douyin"),
    ("渠道", "wechat", "微信", "WeChat"),
    ("渠道", "web", "官网", "Website"),
    ("渠道", "referral", "转介绍", "Referral"),
    ("渠道", "exhibition", "展会", "Exhibition"),
    ("渠道", "phone", "电话", "Phone"),
    ("订单类型", "new", "新单", "New order"),
    ("订单类型", "repeat", "复购", "Repeat order"),
    ("产品", "膝关节假体", "膝关节假体", "Knee prosthesis"),
    ("产品", "髋关节假体", "髋关节假体", "Hip prosthesis"),
    ("产品", "接骨板", "接骨板", "Bone plate"),
    ("产品", "脊柱螺钉", "脊柱螺钉", "Spinal screw"),
    ("产品", "骨水泥", "骨水泥", "Bone cement"),
    ("产品", "康复支具", "康复支具", "Rehabilitation brace"),
)


def titles() -> bytes:
    """The list of names, as the office sent it at the end of the year."""
    return sheet(_TOLD, "2025-12-01")


def sheet(told: Iterable[Sequence[str]], day: str) -> bytes:
    """A list of names: kind, id, Chinese and English name, each told on `day`."""
    rows: list[Row] = [dict(zip(COLUMNS, (*each, day), strict=True)) for each in told]
    return csv_bytes(COLUMNS, rows, "utf-8-sig")
