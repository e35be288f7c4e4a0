package seeds

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"strconv"

	"nhaso/models/place"
)

// villageCount is the number of thôn, bản and khu phố that press reports of
// 2022–2024 give for the province; the merged count of today is not known.
const villageCount = 1452

// registerColumns are the headings of a household register file.
var registerColumns = []string{"Mã hộ", "Mã thôn", "Họ tên chủ hộ"}

// makeVillages spreads most villages over the communes of the province and
// answers their codes, commune by commune.
func (h *House) makeVillages(ctx context.Context, g generator, most int) ([]place.Village, error) {
	province, err := h.Places.AreaByCode(ctx, "22", "")
	if err != nil {
		return nil, err
	}
	communes, err := h.Places.Children(ctx, province.ID, "")
	if err != nil {
		return nil, err
	}
	older, err := h.olderCommunes(ctx, communes)
	if err != nil {
		return nil, err
	}
	var rows []place.VillageRow
	for n := range most {
		commune := communes[n%len(communes)]
		founded := older[commune.Code][n/len(communes)%len(older[commune.Code])]
		kind := "thon"
		if commune.Kind == "phường" || commune.Kind == "phuong" {
			kind = "khu_pho"
		}
		rows = append(rows, place.VillageRow{
			Row: n + 1, CommuneCode: founded.Code, Kind: kind, Name: g.villageName(kind, n/len(communes)), ValidFrom: founded.ValidFrom,
		})
	}
	report, err := h.Places.ImportVillages(ctx, h.System, rows, false)
	if err != nil {
		return nil, err
	}
	if len(report.Errors) > 0 {
		return nil, fmt.Errorf("village row %d: %s %s", report.Errors[0].Row, report.Errors[0].Column, report.Errors[0].Reason)
	}
	var villages []place.Village
	for _, c := range communes {
		list, err := h.villagesOf(ctx, c)
		if err != nil {
			return nil, err
		}
		villages = append(villages, list...)
	}
	return villages, nil
}

// olderCommunes finds, for each commune of today, the communes of the oldest map
// whose people all came to it: villages are older than reforms, and those of the
// demo can be shown under every map. A commune that was put together of parts
// alone keeps itself.
func (h *House) olderCommunes(ctx context.Context, communes []place.Area) (map[string][]place.Area, error) {
	older := map[string][]place.Area{}
	for _, c := range communes {
		list := []place.Area{c}
		for grown := true; grown; {
			grown = false
			var before []place.Area
			for _, a := range list {
				from, err := h.Places.Predecessors(ctx, a.ID)
				if err != nil {
					return nil, err
				}
				whole := 0
				for _, s := range from {
					if s.People == place.ExtentWhole {
						before, whole = append(before, s.Area), whole+1
					}
				}
				if grown = grown || whole > 0; whole == 0 {
					before = append(before, a)
				}
			}
			list = before
		}
		older[c.Code] = list
	}
	return older, nil
}

func (h *House) villagesOf(ctx context.Context, commune place.Area) ([]place.Village, error) {
	var all []place.Village
	for page := (place.Page{Limit: 200}); ; {
		list, next, err := h.Places.Villages(ctx, commune.ID, "", page)
		if err != nil {
			return nil, err
		}
		if all = append(all, list...); next == "" {
			return all, nil
		}
		page.After = next
	}
}

// RegisterFile writes a household register of the given size as CSV, spread
// evenly over the villages. Household references count up from 1.
func RegisterFile(villages []place.Village, households int, seed uint64) ([]byte, error) {
	g := newGenerator(seed)
	var buf bytes.Buffer
	buf.WriteString("\ufeff")
	w := csv.NewWriter(&buf)
	if err := w.Write(registerColumns); err != nil {
		return nil, err
	}
	for n := range households {
		name, _ := g.fullName()
		village := villages[n*len(villages)/households]
		if err := w.Write([]string{HouseholdRef(n), village.Code, name}); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return buf.Bytes(), w.Error()
}

// HouseholdRef is the register's own code of the n-th demo household (from 0).
func HouseholdRef(n int) string { return "QN" + fmt.Sprintf("%07s", strconv.Itoa(n+1)) }
