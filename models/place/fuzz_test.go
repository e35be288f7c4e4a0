package place

import (
	"strings"
	"testing"

	"nhaso/models"
)

func FuzzVillageNames(f *testing.F) {
	for _, s := range []string{"Thôn Khe Vằn", "khu pho 5", "Tổ dân phố", "Bàn Cờ", "\u0323 bản", "v 7kqm29x", "V--", "xã  Ba Chẽ", "p.x", "tp"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		kind, name := SplitVillageName(s)
		if kind != "" && name == "" {
			t.Fatalf("%q lost its name", s)
		}
		if _, err := ParseVillageKind(kind); (kind == "") != (err != nil) {
			t.Fatalf("%q is of kind %q", s, kind)
		}
		if code, err := NormalizeVillageCode(s); err == nil {
			if again, err := NormalizeVillageCode(code); err != nil || again != code || len(code) > 16 {
				t.Fatalf("%q → %q → %q", s, code, again)
			}
		} else if models.CodeOf(err) != "invalid_code" {
			t.Fatal(err)
		}
		if prefix, rest := splitKind(s); prefix != "" && (rest == "" || kindsOf(prefix) == nil) {
			t.Fatalf("%q → %q %q", s, prefix, rest)
		}
	})
}

func FuzzSchoolWords(f *testing.F) {
	for _, s := range []string{"2026-2027", "Lớp 7A1", "10 A 2", "2026-07-31", "99999999999999999999-1", "lớplớp"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if y, err := ParseSchoolYear(s); err == nil && len(y) != 9 {
			t.Fatalf("%q → %q", s, y)
		}
		if g := GradeOf(s); g != 0 && (g < 6 || g > 12) {
			t.Fatalf("%q → %d", s, g)
		}
		if y := SchoolYear(s); y != "" {
			if _, err := models.ParseDay(s); err != nil && len(s) != 10 {
				t.Fatalf("%q → %q", s, y)
			}
		}
	})
}

func FuzzAreaFiles(f *testing.F) {
	f.Add("code,parent_code,level,kind,name_vi,name_full_vi\n22,,province,tỉnh,A,Tỉnh A\n00001,22,commune,xã,B,Xã B\n")
	f.Add("old_code,old_name_full_vi,new_code,new_name_full_vi,extent,source\n1,a,2,b,part_area_only,x\n")
	f.Add("\ufeffcode,\"parent_code\n")
	f.Fuzz(func(t *testing.T, s string) {
		units, err := readUnits(strings.NewReader(s), "x", firstDay, reform2024)
		if err == nil {
			for _, u := range spanPeriods(units) {
				if u.Code == "" || u.FullName == "" || u.Level == "" {
					t.Fatalf("%+v", u)
				}
			}
		} else if models.CodeOf(err) != "broken_area_file" {
			t.Fatal(err)
		}
		if _, err := readMergers(strings.NewReader(s), "x", reform2024); err != nil && models.CodeOf(err) != "broken_area_file" {
			t.Fatal(err)
		}
	})
}
