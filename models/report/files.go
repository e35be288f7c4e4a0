package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"nhaso/models"
	"nhaso/models/coverage"
	"nhaso/models/paper"
	"nhaso/models/sheet"
)

// The formats of a report.
const (
	FormatXLSX = "xlsx"
	FormatCSV  = "csv"
	FormatPDF  = "pdf"
)

// Kinds are the media types of the formats.
var Kinds = map[string]string{
	FormatXLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	FormatCSV:  "text/csv; charset=utf-8",
	FormatPDF:  "application/pdf",
}

// Write writes the report in a format; delimiter is that of CSV. The error is
// Invalid for another format, or that of the writer.
func (r Report) Write(w io.Writer, format string, delimiter rune, made time.Time) error {
	switch format {
	case FormatXLSX:
		return sheet.WriteXLSX(w, sheet.Book{Title: r.heading(), Made: made, Pages: []sheet.Page{r.table(), r.history()}})
	case FormatCSV:
		return sheet.WriteCSV(w, r.table(), delimiter)
	case FormatPDF:
		p, err := r.paper(made)
		if err != nil {
			return err
		}
		return paper.Area(w, p)
	}
	return models.InvalidField("query.format", "unknown")
}

// FileName is an ASCII name without its ending.
func (r Report) FileName() string {
	return strings.Join(strings.FieldsFunc(models.Fold("do phu "+r.Name+" "+r.OnDate), func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9')
	}), "-")
}

func (r Report) heading() string {
	return "Độ phủ kỹ năng số · " + r.Name + " · " + vnDay(r.OnDate)
}

// vnDay is a civil day as people write it.
func vnDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("02/01/2006")
}

// source says where the number of households comes from.
func (r Report) source() string {
	if r.Register == nil {
		return "Chưa ghi nguồn của sổ hộ"
	}
	return fmt.Sprintf("%s, ngày %s", r.Register.Source, vnDay(r.Register.AsOf))
}

// table is the areas below, with the area itself as the sum.
func (r Report) table() sheet.Page {
	p := sheet.Page{Name: "Độ phủ " + vnDay(r.OnDate), Frozen: 2, Heading: r.heading() + " · Sổ hộ: " + r.source(), Columns: []sheet.Column{
		{Heading: "Mã", Code: "code"}, {Heading: "Nơi", Code: "name"}, {Heading: "Số hộ", Code: "households"},
		{Heading: "Hộ đã có người thạo", Code: "covered"}, {Heading: "Hộ chưa có", Code: "not_covered"}, {Heading: "Hộ chưa biết", Code: "unknown"},
		{Heading: "Đã có (%)", Code: "covered_percent", Decimals: 1}, {Heading: "Hạng", Code: "grade"},
		{Heading: "Tính đến hết ngày", Code: "on_date"}, {Heading: "Nguồn sổ hộ", Code: "register"},
	}}
	line := func(code, name, grade string, f coverage.Figures) []sheet.Cell {
		share := sheet.Cell{}
		if f.Households > 0 {
			share = sheet.Number(100 * float64(f.Covered) / float64(f.Households))
		}
		return []sheet.Cell{sheet.Text(code), sheet.Text(name), sheet.Int(f.Households), sheet.Int(f.Covered), sheet.Int(f.NotCovered()),
			sheet.Int(f.Unknown()), share, sheet.Text(grade), sheet.Day(r.OnDate), sheet.Text(r.source())}
	}
	for _, c := range r.Rows {
		p.Rows = append(p.Rows, line(c.Code, c.Name, c.Grade, c.Figures))
	}
	if r.Unplaced.Households != 0 {
		p.Rows = append(p.Rows, line("", "Chưa xếp vào nơi nào ở trên", "", r.Unplaced))
	}
	p.Totals = [][]sheet.Cell{line(r.Code, "Cộng: "+r.Name, coverage.Grade(r.Figures, "", r.Target.Share), r.Figures)}
	return p
}

// history is the trend as a table.
func (r Report) history() sheet.Page {
	p := sheet.Page{Name: "Diễn biến", Frozen: 1, Heading: r.heading() + " · theo địa giới ngày " + vnDay(r.OnDate), Columns: []sheet.Column{
		{Heading: "Hết ngày", Code: "on_date"}, {Heading: "Số hộ", Code: "households"}, {Heading: "Hộ đã có người thạo", Code: "covered"},
		{Heading: "Hộ chưa có", Code: "not_covered"}, {Heading: "Hộ chưa biết", Code: "unknown"},
	}}
	for _, t := range r.Trend {
		p.Rows = append(p.Rows, []sheet.Cell{sheet.Day(t.On), sheet.Int(t.Households), sheet.Int(t.Covered), sheet.Int(t.NotCovered()), sheet.Int(t.Unknown())})
	}
	return p
}

// paper is the report as it is printed. Shapes are those of today's communes: on
// the map of another day those that have none are counted beside it.
func (r Report) paper(made time.Time) (paper.AreaReport, error) {
	p := paper.AreaReport{Name: r.Name, In: r.In, OnDate: r.OnDate, Made: made, Source: r.source(), Households: r.Figures.Households,
		Covered: r.Figures.Covered, NotCovered: r.Figures.NotCovered(), Unknown: r.Figures.Unknown(), TargetSource: r.Target.Source,
		Target: float64(r.Target.Share) / coverage.Whole, Unplaced: r.Unplaced.Households}
	known, err := shapes()
	if err != nil {
		return p, err
	}
	for _, c := range r.Rows {
		row := paper.AreaRow{Name: c.Name, Grade: c.Grade, Households: c.Households, Covered: c.Covered, NotCovered: c.NotCovered(), Unknown: c.Unknown()}
		if r.Level == coverage.LevelProvince {
			row.Shape = known[c.Code]
		}
		p.Rows = append(p.Rows, row)
	}
	for _, t := range r.Trend {
		p.Trend = append(p.Trend, paper.AreaPoint{OnDate: t.On, Households: t.Households, Covered: t.Covered})
	}
	return p, nil
}
