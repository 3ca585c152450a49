"""Conditions, windows and tables of words for random measures."""

from fractions import Fraction

from hypothesis import strategies as st

from domain.plan.measures import Condition, Window
from domain.plan.worth import Worth

words = st.sampled_from(
    (
        Condition(column="customer", test="one_of", words=("C1", "C3")),
        Condition(column="channel", test="one_of", words=("douyin",)),
        Condition(column="role", test="one_of", words=("seller", "sole")),
        Condition(column="attributes.grade", test="one_of", words=("3",)),
        Condition(column="score", test="one_of", words=("8.50",)),
    )
)
numbers = st.builds(
    Condition,
    column=st.sampled_from(("quantity", "minutes", "amount_minor", "score")),
    test=st.sampled_from(("at_least", "more_than", "at_most", "less_than")),
    number=st.sampled_from((Fraction(0), Fraction(17, 2), Fraction(1, 3), Fraction(30), Fraction(99_999))),
)
spans = st.sampled_from(
    (
        Window(),
        Window(kind="quarter"),
        Window(kind="year"),
        Window(kind="ever"),
        Window(kind="year", ends_before=True),
        Window(kind="last_periods", n=2),
        Window(kind="days_since_hire", n=30),
        Window(kind="days_since_hire", n=30, ends_before=True),
    )
)


worths = st.builds(
    Worth,
    by=st.sampled_from(("kind", "channel", "attributes.grade")),
    words=st.dictionaries(
        st.sampled_from(("call", "douyin", "3", "'")),
        st.sampled_from((Fraction(0), Fraction(3, 2), Fraction(-1, 8))),
    ),
    others=st.sampled_from((Fraction(0), Fraction(1), Fraction(12, 10))),
)
