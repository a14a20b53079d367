"""The 预报名表 as a Django form, with the checks of our own."""

from __future__ import annotations

from typing import Any

from django import forms

from jiebang.identifiers import Verdict, check_credit_code

DISTRICTS = [(str(310101 + one), str(one)) for one in range(60)]
FIELDS = [(one, one) for one in ("manufacturing", "energy", "materials", "electronics")]
ROUTES = [(one, one) for one in ("own", "recommended", "basic")]


class PreRegistration(forms.Form):
    """Every question, its limits and what depends on what."""

    org_name = forms.CharField(max_length=100)
    country = forms.ChoiceField(choices=[("domestic", "境内"), ("overseas", "境外")])
    uscc = forms.CharField(max_length=18, required=False)
    country_name = forms.CharField(max_length=60, required=False)
    reg_no = forms.CharField(max_length=60, required=False)
    district = forms.ChoiceField(choices=DISTRICTS, required=False)
    contact = forms.CharField(max_length=20)
    mobile = forms.RegexField(r"^1\d{10}$")
    email = forms.EmailField()
    need_title = forms.CharField(max_length=100)
    need_brief = forms.CharField(max_length=500, widget=forms.Textarea)
    tech_field = forms.ChoiceField(choices=FIELDS)
    session_pref = forms.TypedChoiceField(
        choices=[(str(one), str(one)) for one in range(1, 30)], coerce=int, required=False
    )
    agency_route = forms.ChoiceField(choices=ROUTES)
    agency_name = forms.CharField(max_length=100, required=False)

    def clean(self) -> dict[str, Any]:
        """A domestic firm needs a credit code that holds; another its country and number."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("country") == "domestic":
            if check_credit_code(data.get("uscc", "")) is not Verdict.OK:
                self.add_error("uscc", "统一社会信用代码不正确。")
        elif not (data.get("country_name") and data.get("reg_no")):
            self.add_error("country_name", "请填写国家或地区和注册登记号。")
        if data.get("agency_route") == "own" and not data.get("agency_name"):
            self.add_error("agency_name", "请填写委托机构。")
        return data
