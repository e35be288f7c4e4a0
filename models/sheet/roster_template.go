package sheet

import (
	"io"

	"github.com/xuri/excelize/v2"
)

// Template is a workbook to be filled in: a sheet with headings, example rows
// and empty cells below, and a sheet of instructions.
type Template struct {
	Name     string           // of the sheet to fill in
	Columns  []TemplateColumn // in their order
	Examples [][]string
	Empty    int // rows prepared below the examples
	Guide    string
	Steps    []string // lines of the instructions
}

// TemplateColumn is one column; Choices, when there are any, can be picked from
// a list.
type TemplateColumn struct {
	Heading string
	Width   float64 // in characters
	Help    string  // shown when a cell is chosen
	Choices []string
}

// WriteTemplate writes the workbook. Every cell that is to be filled in is
// formatted as text, so that no program makes a number of a code or turns a day
// round.
func WriteTemplate(w io.Writer, t Template) error {
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", t.Name); err != nil {
		return err
	}
	b := &templateBook{f: f, t: t}
	for _, step := range []func() error{b.styles, b.headings, b.rows, b.choices, b.guide} {
		if err := step(); err != nil {
			return err
		}
	}
	return f.Write(w)
}

type templateBook struct {
	f                         *excelize.File
	t                         Template
	head, text, example, wrap int
}

func (b *templateBook) styles() (err error) {
	text := "@"
	border := []excelize.Border{{Type: "bottom", Color: "C9CED6", Style: 1}}
	for _, s := range []struct {
		at    *int
		style excelize.Style
	}{
		{&b.head, excelize.Style{Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"0B5394"}},
			Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"}}},
		{&b.text, excelize.Style{CustomNumFmt: &text, Border: border}},
		{&b.example, excelize.Style{CustomNumFmt: &text, Font: &excelize.Font{Italic: true, Color: "6B7280"}, Border: border}},
		{&b.wrap, excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}},
	} {
		if *s.at, err = b.f.NewStyle(&s.style); err != nil {
			return err
		}
	}
	return nil
}

// headings writes the first row and formats the columns below it.
func (b *templateBook) headings() error {
	for i, c := range b.t.Columns {
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := b.f.SetColWidth(b.t.Name, name, name, c.Width); err != nil {
			return err
		}
		if err := b.f.SetColStyle(b.t.Name, name, b.text); err != nil {
			return err
		}
		if err := b.f.SetCellStr(b.t.Name, name+"1", c.Heading); err != nil {
			return err
		}
		if err := b.f.SetCellStyle(b.t.Name, name+"1", name+"1", b.head); err != nil {
			return err
		}
	}
	if err := b.f.SetRowHeight(b.t.Name, 1, 32); err != nil {
		return err
	}
	return b.f.SetPanes(b.t.Name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

func (b *templateBook) rows() error {
	for r := range len(b.t.Examples) + b.t.Empty {
		for i := range b.t.Columns {
			cell, err := excelize.CoordinatesToCellName(i+1, r+2)
			if err != nil {
				return err
			}
			style := b.text
			if r < len(b.t.Examples) {
				style = b.example
				if err := b.f.SetCellStr(b.t.Name, cell, b.t.Examples[r][i]); err != nil {
					return err
				}
			}
			if err := b.f.SetCellStyle(b.t.Name, cell, cell, style); err != nil {
				return err
			}
		}
	}
	return nil
}

// choices puts a list or a hint behind the cells of a column.
func (b *templateBook) choices() error {
	for i, c := range b.t.Columns {
		if c.Help == "" && c.Choices == nil {
			continue
		}
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		v := excelize.NewDataValidation(true)
		v.SetSqref(name + "2:" + name + "1000")
		v.SetInput(c.Heading, c.Help)
		if c.Choices != nil {
			if err := v.SetDropList(c.Choices); err != nil {
				return err
			}
		}
		if err := b.f.AddDataValidation(b.t.Name, v); err != nil {
			return err
		}
	}
	return nil
}

func (b *templateBook) guide() error {
	if _, err := b.f.NewSheet(b.t.Guide); err != nil {
		return err
	}
	if err := b.f.SetColWidth(b.t.Guide, "A", "A", 84); err != nil {
		return err
	}
	for i, line := range b.t.Steps {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return err
		}
		if err := b.f.SetCellStr(b.t.Guide, cell, line); err != nil {
			return err
		}
		if err := b.f.SetCellStyle(b.t.Guide, cell, cell, b.wrap); err != nil {
			return err
		}
	}
	return nil
}
