"""What Huikang writes down for all: ways of working, the market's pay, hours of quiet, who assists whom."""

from api.demo_data.sheets import Row

PRACTICES = "编号 发布日期 作者 标题 做法 阶段 环节 客户类型 指标 分公司 实施前 实施后".split()
MARKET = "岗位 调查日期 来源 P25 P50 P75 P90".split()
NOTICES = "生效日期 静默开始 静默结束 升级天数 证照提前月数 说明".split()
ASSISTANTS = "业务员 助理 生效日期".split()

_PRACTICES = (
    (
        "bp-01", "2025-02-20", "HK034", "初访骨科主任：先问病例，再谈产品",
        "带一份同级医院的匿名病例，先请主任讲最难的一台手术，十分钟内不提产品。",
        "初访", "", "医院", "成交率", "北京", "2025-01", "2025-03",
    ),
    (
        "bp-02", "2025-05-06", "HK038", "跟台后 24 小时内回访",
        "手术次日上午电话回访器械护士，记录器械清点与备件问题，当天答复。",
        "演示", "", "医院", "成交率", "上海", "2025-04", "2025-06",
    ),
    (
        "bp-01", "2025-06-03", "HK034", "初访骨科主任：先问病例，再谈产品",
        "带一份同级医院的匿名病例，先请主任讲最难的一台手术；离开前约定下一次科室会，不留彩页。",
        "初访", "", "医院", "成交率", "北京", "2025-01", "2025-06",
    ),
    (
        "bp-03", "2025-07-10", "HK044", "设备科的疑问写成一页对照表",
        "左栏抄设备科原话，右栏写注册证号、参数与同级医院用量，评审会前三天送到。",
        "异议", "设备评审", "医院", "成交率", "广州", "2025-06", "2025-08",
    ),
    (
        "bp-04", "2025-08-12", "HK042", "老客户转介绍：随访日请科室推荐",
        "随访日在门诊等到最后一位，再请主任介绍一位同行；当晚发感谢信息并约见面。",
        "成交", "", "医院", "新客户数", "广州", "2025-07", "2025-09",
    ),
    (
        "bp-05", "2025-09-17", "HK040", "微信群答疑固定在周三晚上",
        "每周三 19:00–19:30 集中答复诊所提问，其余时间只收不答，次日早上汇总。",
        "需求", "", "诊所", "", "", "", "",
    ),
    (
        "bp-06", "2025-10-09", "HK034", "院长审批前的成本测算表",
        "按病种列耗材成本、住院日与回款周期三行，只写医院自己的数，请财务科先核对。",
        "成交", "院长审批", "医院", "成交率", "北京", "2025-09", "2025-11",
    ),
)  # fmt: skip
_MARKET = (
    ("销售代表", "2025-01-20", "华东医药薪酬调查", "1500", "2300", "3400", "5200"),
    ("销售代表", "2025-07-21", "华东医药薪酬调查", "1600", "2500", "3700", "5600"),
    ("销售主管", "2025-07-21", "华东医药薪酬调查", "3200", "4800", "6900", "9500"),
)
_ASSISTANTS = (
    ("2025-01-02", "HK027", ("HK034", "HK035", "HK036", "HK037")),
    ("2025-01-02", "HK028", ("HK038", "HK039", "HK040", "HK041")),
    ("2025-01-02", "HK029", ("HK042", "HK043", "HK044", "HK045")),
    ("2025-03-03", "HK030", ("HK046",)),
    ("2025-07-01", "HK028", ("HK037",)),
    ("2025-09-01", "HK030", ("HK048",)),
    ("2025-12-01", "HK030", ("HK049",)),
)


def practices(number: int) -> list[Row]:
    """The practices that were shared in a month; one is told better later."""
    return [
        dict(zip(PRACTICES, told, strict=True)) for told in _PRACTICES if told[1][:7] == f"2025-{number:02}"
    ]


def market(number: int) -> list[Row]:
    """What a survey of the market found, if one came in a month."""
    return [dict(zip(MARKET, told, strict=True)) for told in _MARKET if told[1][:7] == f"2025-{number:02}"]


def notices(number: int) -> list[Row]:
    """The hours in which nobody is told anything, set once for the year."""
    told = ("2025-01-01", "21:00", "07:30", "3", "3", "晚间不打扰；三天无人处理即上报")
    return [dict(zip(NOTICES, told, strict=True))] if number == 1 else []


def assistants(number: int) -> list[Row]:
    """Who of customer service serves which seller from a month on."""
    return [
        dict(zip(ASSISTANTS, (seller, assistant, day), strict=True))
        for day, assistant, sellers in _ASSISTANTS
        if day[:7] == f"2025-{number:02}"
        for seller in sellers
    ]
