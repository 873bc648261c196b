//! Pictures as files: whole, or not there.

use betwixt_picture::{
    LineChart, NoteBar, PictureError, Series, Sheet, SheetRow, Spectrogram, Timeline, line_chart,
    sheet, timeline,
};
use std::path::Path;

fn falling_loss() -> LineChart {
    let curve = |name: &str, start: f64| Series {
        name: name.into(),
        points: (0..400)
            .map(|i| {
                (
                    f64::from(i) * 50.0,
                    start * (-f64::from(i) / 120.0).exp() + 0.004,
                )
            })
            .collect(),
    };
    LineChart {
        title: "Loss over training".into(),
        x_label: "step".into(),
        y_label: "mean squared error".into(),
        log_y: true,
        series: vec![curve("training", 0.4), curve("validation", 0.5)],
    }
}

/// A rising tone of 200 to 3,200 Hz over four seconds.
fn glide() -> Timeline {
    let frames = 0..400_u16;
    let column = |frame: u16| {
        let hz = 200.0 * (f32::from(frame) / 100.0).exp2();
        let level = |bin: u16| -0.5 * (f32::from(bin) * 10.0 - hz).abs().min(180.0);
        (0..1000).map(level).collect()
    };
    let seconds = |frame: u16| f64::from(frame) / 100.0;
    Timeline {
        title: "A glide".into(),
        subtitle: "200 to 3,200 Hz".into(),
        seconds: 4.0,
        spectrogram: Spectrogram {
            columns: frames.clone().map(column).collect(),
            hop_s: 0.01,
            bin_hz: 10.0,
            shown_hz: (50.0, 9000.0),
            shown_db: (-90.0, 0.0),
        },
        notes: vec![
            NoteBar {
                span_s: (0.1, 1.9),
                key: 60,
                velocity: 0.4,
            },
            NoteBar {
                span_s: (2.0, 3.9),
                key: 67,
                velocity: 1.0,
            },
        ],
        curves: vec![Series {
            name: "Latent 1".into(),
            points: frames
                .clone()
                .map(|f| (seconds(f), 0.5 + 0.5 * seconds(f).sin()))
                .collect(),
        }],
        level_db: frames
            .map(|f| (seconds(f), -10.0 - 10.0 * seconds(f)))
            .collect(),
    }
}

fn png_size(path: &Path) -> (u32, u32) {
    let bytes = std::fs::read(path).expect("the picture is there");
    assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n", "the PNG signature");
    let number = |at: usize| {
        bytes[at..at + 4]
            .iter()
            .fold(0, |n, b| (n << 8) | u32::from(*b))
    };
    (number(16), number(20))
}

/// What is promised: one PNG of the promised size, and nothing else in its folder.
#[test]
fn pictures_arrive_whole_and_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (loss, render) = (
        folder.path().join("loss.png"),
        folder.path().join("render.png"),
    );
    line_chart(&loss, &falling_loss()).unwrap();
    timeline(&render, &glide()).unwrap();
    assert_eq!(png_size(&loss), (1600, 900));
    assert_eq!(png_size(&render), (1600, 1150));
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 2, "no unfinished picture is left behind");
}

/// A sheet is as high as its rows; one without sound is refused and leaves nothing.
#[test]
fn sheets_grow_with_their_rows() {
    let folder = tempfile::tempdir().unwrap();
    let row = |name: &str| SheetRow {
        name: name.into(),
        seconds: 4.0,
        spectrograms: vec![glide().spectrogram, glide().spectrogram],
    };
    let mut picture = Sheet {
        title: "Twice a glide".into(),
        subtitle: "above and below".into(),
        columns: vec!["real".into(), "played".into()],
        rows: vec![row("one"), row("two")],
    };
    let path = folder.path().join("sheet.png");
    sheet(&path, &picture).unwrap();
    assert_eq!(png_size(&path), (1600, 150 + 2 * 330));
    picture.rows[1].spectrograms[0].columns.clear();
    let other = folder.path().join("empty.png");
    let error = sheet(&other, &picture).unwrap_err();
    assert!(
        matches!(error, PictureError::Columns { column: 2, .. }),
        "{error}"
    );
    assert!(!other.exists());
}

/// A chart of nothing, or of values that no logarithm has, is an empty chart and not a crash.
#[test]
fn senseless_values_leave_gaps() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gaps.png");
    for points in [
        vec![],
        vec![(0.0, f64::NAN)],
        vec![(0.0, 0.0), (1.0, -2.0), (f64::INFINITY, 1.0)],
    ] {
        let series = vec![Series {
            name: "odd".into(),
            points,
        }];
        line_chart(
            &path,
            &LineChart {
                log_y: true,
                series,
                ..falling_loss()
            },
        )
        .unwrap();
    }
}

/// Frames of different heights are no spectrogram; the message says which one is wrong.
#[test]
fn ragged_spectrograms_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ragged.png");
    let mut picture = glide();
    picture.spectrogram.columns[7].pop();
    let error = timeline(&path, &picture).unwrap_err();
    assert!(
        matches!(
            error,
            PictureError::Columns {
                column: 7,
                found: 999,
                ..
            }
        ),
        "{error}"
    );
    assert!(!path.exists());
}

/// A folder that is not there is reported with the file's name.
#[test]
fn unwritable_places_are_named() {
    let error = line_chart(Path::new("/no/such/folder/x.png"), &falling_loss()).unwrap_err();
    assert!(
        error.to_string().contains("/no/such/folder/x.png"),
        "{error}"
    );
}
