package place

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"nhaso/models"
)

// The days on which the map of Quảng Ninh changed: resolutions
// 1199/NQ-UBTVQH15 (177 → 171 communes) and 1679/NQ-UBTVQH15 (171 → 54, and the
// end of the districts). firstDay stands for "as far back as our data goes".
const (
	firstDay    = "1990-01-01"
	reform2024  = "2024-11-01"
	reform2025  = "2025-07-01"
	source1199  = "NQ 1199/NQ-UBTVQH15"
	source1679  = "NQ 1679/NQ-UBTVQH15"
	sourceAreas = "GSO area codes; see seeds/data/SOURCES.md"
)

// Extents of a succession: the old area, or its people, went into the new one
// whole or in part. ExtentNone is for people alone: uninhabited ground changed
// hands.
const (
	ExtentWhole = "whole"
	ExtentPart  = "part"
	ExtentNone  = "none"
)

// extents reads the words of the succession files: territory, people.
var extents = map[string][2]string{
	"whole":                    {ExtentWhole, ExtentWhole},
	"unchanged":                {ExtentWhole, ExtentWhole},
	"part":                     {ExtentPart, ExtentPart},
	"part_area_only":           {ExtentPart, ExtentNone},
	"part_area_all_population": {ExtentPart, ExtentWhole},
}

// AreaFiles are the CSV files of seeds/data: the map of three periods, and what
// became of each commune at the two changes between them.
type AreaFiles struct {
	Before2024 io.Reader // areas_before_2024_11.csv
	Before2025 io.Reader // areas_before_2025.csv
	Current    io.Reader // areas.csv
	Merged2024 io.Reader // areas_merged_2024_11.csv
	Merged2025 io.Reader // areas_merged.csv
}

// unit is one area of the files on its way into the database.
type unit struct {
	Area
	parentCode string
	source     string
}

// merger is one line of a succession file.
type merger struct {
	oldCode, oldName, newCode, newName string
	extent, people, on, source         string
}

// alias is a second code under which an area circulates.
type alias struct{ code, target, name, reason string }

// knownAliases: the government's map service and decision 19/2025/QĐ-TTg give
// Ba Chẽ another code than the statistics office, whose code we keep.
var knownAliases = []alias{{
	code: "06978", target: "06970", name: "Xã Ba Chẽ",
	reason: "QĐ 19/2025/QĐ-TTg and sapnhap.bando.com.vn; the statistics office (letter 1027/CTK-CSCL) uses 06970",
}}

// readAreaFiles turns the files into units and mergers.
func readAreaFiles(f AreaFiles) (units []unit, mergers []merger, err error) {
	periods := []struct {
		r              io.Reader
		name, from, to string
	}{
		{f.Before2024, "areas_before_2024_11.csv", firstDay, reform2024},
		{f.Before2025, "areas_before_2025.csv", reform2024, reform2025},
		{f.Current, "areas.csv", reform2025, models.Forever},
	}
	for _, p := range periods {
		us, err := readUnits(p.r, p.name, p.from, p.to)
		if err != nil {
			return nil, nil, err
		}
		units = append(units, us...)
	}
	units = spanPeriods(units)
	m24, err := readMergers(f.Merged2024, "areas_merged_2024_11.csv", reform2024)
	if err != nil {
		return nil, nil, err
	}
	m25, err := readMergers(f.Merged2025, "areas_merged.csv", reform2025)
	if err != nil {
		return nil, nil, err
	}
	return units, append(m24, m25...), nil
}

// spanPeriods joins a unit with the same one of the period before: same code,
// level and full name. Communes never span the reform of 2025: all were made
// anew under another parent, one of them (Cái Chiên) with its old territory.
func spanPeriods(units []unit) []unit {
	var out []unit
	at := map[string]int{}
	for _, u := range units {
		key := u.Level + u.Code + u.FullName
		i, seen := at[key]
		if seen && out[i].ValidTo == u.ValidFrom && (u.Level != LevelCommune || u.ValidFrom != reform2025) {
			out[i].ValidTo = u.ValidTo
			continue
		}
		at[key] = len(out)
		out = append(out, u)
	}
	return out
}

// lines reads a CSV file with the given columns and calls each for every data
// row; place names the row for errors.
func lines(r io.Reader, name string, columns []string, each func(place string, get func(column string) string) error) error {
	if r == nil {
		return badFile(name, "missing_file")
	}
	c := csv.NewReader(r)
	header, err := c.Read()
	if err != nil {
		return badFile(name, "no_header")
	}
	at := map[string]int{}
	for i, h := range header {
		at[strings.TrimSpace(strings.TrimPrefix(h, "\ufeff"))] = i
	}
	for _, want := range columns {
		if _, ok := at[want]; !ok {
			return badFile(name+" column "+want, "missing_column")
		}
	}
	for {
		rec, err := c.Read()
		if err == io.EOF { //nolint:errorlint // documented to be returned bare
			return nil
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			return badFile(fmt.Sprintf("%s row %d", name, broken.StartLine), "broken_row")
		}
		if err != nil {
			return err
		}
		line, _ := c.FieldPos(0)
		where := fmt.Sprintf("%s row %d", name, line)
		get := func(column string) string {
			if i, ok := at[column]; ok {
				return models.Clean(rec[i])
			}
			return ""
		}
		if err := each(where, get); err != nil {
			return err
		}
	}
}

func badFile(where, code string) error {
	return models.Invalid("broken_area_file", models.Field{Location: where, Code: code})
}

func readUnits(r io.Reader, name, from, to string) ([]unit, error) {
	var units []unit
	seen := map[string]bool{}
	columns := []string{"code", "parent_code", "level", "kind", "name_vi", "name_full_vi"}
	err := lines(r, name, columns, func(where string, get func(string) string) error {
		u := unit{parentCode: get("parent_code"), source: sourceAreas, Area: Area{
			Code: get("code"), Level: get("level"), Kind: get("kind"), Name: get("name_vi"), FullName: get("name_full_vi"),
			ValidFrom: from, ValidTo: to,
		}}
		switch {
		case u.Code == "" || len(u.Code) > 16 || seen[u.Code]:
			return badFile(where, "invalid_code")
		case u.Level != LevelProvince && u.Level != LevelDistrict && u.Level != LevelCommune:
			return badFile(where, "invalid_level")
		case u.Name == "" || u.FullName == "" || u.Kind == "":
			return badFile(where, "missing_name")
		case (u.parentCode == "") != (u.Level == LevelProvince), u.parentCode != "" && !seen[u.parentCode]:
			return badFile(where, "invalid_parent")
		}
		seen[u.Code] = true
		units = append(units, u)
		return nil
	})
	if err == nil && len(units) == 0 {
		err = badFile(name, "no_rows")
	}
	return units, err
}

func readMergers(r io.Reader, name, on string) ([]merger, error) {
	var mergers []merger
	columns := []string{"old_code", "old_name_full_vi", "new_code", "new_name_full_vi", "extent"}
	err := lines(r, name, columns, func(where string, get func(string) string) error {
		m := merger{
			oldCode: get("old_code"), oldName: get("old_name_full_vi"),
			newCode: get("new_code"), newName: get("new_name_full_vi"), on: on, source: get("source"),
		}
		e, ok := extents[get("extent")]
		if !ok {
			return badFile(where, "invalid_extent")
		}
		m.extent, m.people = e[0], e[1]
		if m.source == "" {
			m.source = source1679
		}
		if clause := get("clause_nq1679"); clause != "" {
			m.source += ", khoản " + clause
		}
		mergers = append(mergers, m)
		return nil
	})
	return mergers, err
}
