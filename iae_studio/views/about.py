"""The words of the About box and the list of shortcuts."""

from trainer import __version__

ABOUT = f"""<h3>IAE Studio {__version__}</h3>
<p>Train implicit autoencoders, and see what a latent code holds and what the noise holds.</p>
<p>After the paper <b>Implicit Autoencoders</b> by Alireza Makhzani,
<a href="https://arxiv.org/abs/1805.09804">arXiv 1805.09804</a>.</p>
<p>All code is our own, under the MIT licence. The window is made with Qt and PySide6 (LGPL),
the plots with pyqtgraph, the networks with PyTorch.</p>"""

SHORTCUTS = """<table cellspacing="6">
<tr><td><b>Space</b></td><td>resample the noise</td></tr>
<tr><td><b>T</b></td><td>train, pause, go on</td></tr>
<tr><td><b>Ctrl+T</b></td><td>begin a new run</td></tr>
<tr><td><b>.</b></td><td>one step</td></tr>
<tr><td><b>Ctrl+.</b></td><td>stop and keep</td></tr>
<tr><td><b>Ctrl+S</b></td><td>save a checkpoint</td></tr>
<tr><td><b>R</b></td><td>other test images</td></tr>
<tr><td><b>Ctrl+O</b></td><td>open images</td></tr>
<tr><td><b>1</b></td><td>pictures</td></tr>
<tr><td><b>2</b></td><td>clusters</td></tr>
<tr><td><b>B</b></td><td>translations, or their way back</td></tr>
<tr><td><b>Ctrl+I</b></td><td>own images to train on</td></tr>
<tr><td><b>Ctrl+V</b></td><td>paste an image</td></tr>
<tr><td><b>Ctrl+E</b></td><td>save the sheet</td></tr>
<tr><td><b>Ctrl+D</b></td><td>dark or light</td></tr>
<tr><td><b>click a head n1, n2…</b></td><td>keep that noise</td></tr>
<tr><td><b>Ctrl+Shift+O</b></td><td>open a model</td></tr>
<tr><td><b>Ctrl+Q</b></td><td>save and quit</td></tr>
<tr><td><b>Delete</b></td><td>take the chosen image away</td></tr>
</table>"""
